"""Facts about annotations from a file of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import SourceError
from hornbook.teacher import load_annotations, recorded_annotations

ROW: dict[str, Any] = {
    "id": "a", "distribution": "d", "path": "p.py", "first_line": 1, "last_line": 2,
    "sha256": "0" * 64, "score": 4,
}  # fmt: skip


def written(path: Path, *rows: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "\n")
    return str(path)


def test_the_recorded_ones_have_a_name() -> None:
    """`recorded` means the judgements that ship with the program."""
    assert load_annotations("recorded") == recorded_annotations()


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    """A row needs a place, a hash and a score; the rest has defaults."""
    found = load_annotations(written(tmp_path / "a.jsonl", ROW, {**ROW, "id": "b", "score": 0.5}))
    assert [(row.id, row.score, row.version) for row in found] == [("a", 4.0, ""), ("b", 0.5, "")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": 6}, "line 2: score"),
        ({"score": "4"}, "line 2: score"),
        ({"sha256": "xyz"}, "line 2: sha256"),
        ({"colour": 1}, "line 2: colour"),
        ({"first_line": 0}, "line 2: first_line"),
    ],
)
def test_a_bad_row_is_named(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    """The error names the file, the line and the field."""
    name = written(tmp_path / "a.jsonl", ROW, {**ROW, "id": "b", **change})
    with pytest.raises(SourceError, match=message):
        load_annotations(name)


@pytest.mark.parametrize("content", [b"not json\n", b"\xff\xfe\n", b"[1, 2]\n"])
def test_a_file_of_something_else_is_refused(content: bytes, tmp_path: Path) -> None:
    """What is no JSON lines of rows is a clear error."""
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(SourceError, match="quality.annotations"):
        load_annotations(str(tmp_path / "a.jsonl"))


def test_a_missing_file_and_double_ids_are_errors(tmp_path: Path) -> None:
    """Both would quietly change what the forest learns."""
    with pytest.raises(SourceError, match="no such file"):
        load_annotations(str(tmp_path / "none.jsonl"))
    with pytest.raises(SourceError, match="stand twice"):
        load_annotations(written(tmp_path / "a.jsonl", ROW, ROW))
