from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hornbook.errors import SourceError
from hornbook.records import Document, Dropped
from hornbook.sources.config import SourcesSettings, TextFile
from hornbook.sources.local import read_folder, read_standard_library, read_table

LIMITS = SourcesSettings(python=True, min_characters=5)


def test_json_lines_give_documents_and_bad_lines_give_reasons(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"text": "one text", "repo": "r"}\nnot json\n[1]\n{"other": 1}\n\n{"text": "two texts"}\n'
    )
    rows = list(read_table(TextFile(path=str(path), collection="repo"), LIMITS))
    assert [(r.text, r.collection) for r in rows if isinstance(r, Document)] == [
        ("one text", "r"),
        ("two texts", "t"),
    ]
    assert [(r.reason, r.path) for r in rows if isinstance(r, Dropped)] == [
        ("bad-row", "t.jsonl#2"),
        ("bad-row", "t.jsonl#3"),
        ("bad-row", "t.jsonl#4"),
    ]


def test_parquet_gives_documents(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"content": ["a long text", "another text"]}), path)
    rows = list(read_table(TextFile(path=str(path), text="content"), LIMITS))
    assert [r.text for r in rows if isinstance(r, Document)] == ["a long text", "another text"]


def test_a_cut_parquet_file_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": ["a long text"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SourceError, match=r"t\.parquet: damaged or cut short"):
        list(read_table(TextFile(path=str(path)), LIMITS))


def test_a_missing_column_names_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"content": ["a"]}), path)
    with pytest.raises(SourceError, match=r"no column `text` \(it has content\)"):
        list(read_table(TextFile(path=str(path)), LIMITS))


@pytest.mark.parametrize("content", [None, b""])
def test_a_missing_or_empty_file_is_a_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "t.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match="no such file|empty"):
        list(read_table(TextFile(path=str(path)), LIMITS))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("secret = 1\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.py").write_text("value = 1\n")
    (inside / "link.py").symlink_to(outside)
    rows = list(read_folder(str(inside), LIMITS))
    assert [r.path for r in rows if isinstance(r, Document)] == ["a.py"]
    assert [r.reason for r in rows if isinstance(r, Dropped)] == ["link-outside"]


def test_a_missing_folder_is_a_clear_error() -> None:
    with pytest.raises(SourceError, match="no such folder"):
        list(read_folder("/no/such/place", LIMITS))


def test_the_standard_library_is_read_with_its_version() -> None:
    import platform

    first = next(row for row in read_standard_library(LIMITS) if isinstance(row, Document))
    assert (first.source, first.version, first.licence) == (
        "python",
        platform.python_version(),
        "PSF-2.0",
    )
