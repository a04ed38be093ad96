from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hornbook.errors import SourceError
from hornbook.quality.rows import TextRow, judgements, text_rows
from tests.quality.own_rows import write_lines

ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": "x = 1\n", "group": "p"},
    {"id": 7, "text": "ü\u2028\n", "more": [1]},
]
WANTED = [TextRow("a", "x = 1\n", "p"), TextRow("7", "ü\u2028\n", "7")]


def test_texts_are_read_from_lines_packed_or_not(tmp_path: Path) -> None:
    """A number is an id as well; without a group a text is a group of its own."""
    plain = write_lines(tmp_path / "t.jsonl", ROWS)
    packed = tmp_path / "t.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(text_rows(plain)) == list(text_rows(packed)) == WANTED


def test_texts_are_read_from_parquet(tmp_path: Path) -> None:
    """Other columns are not looked at, and no group is as good as none."""
    table = pa.table({"id": ["a", "7"], "text": [r["text"] for r in ROWS], "group": ["p", None],
                      "more": [1, 2]})  # fmt: skip
    pq.write_table(table, tmp_path / "t.parquet")
    assert list(text_rows(tmp_path / "t.parquet")) == WANTED


def test_an_id_may_be_judged_often(tmp_path: Path) -> None:
    rows = [{"id": "a", "score": 1}, {"id": "b", "score": 2.5}, {"id": "a", "score": 3}]
    assert judgements(write_lines(tmp_path / "b.jsonl", rows)) == {"a": [1.0, 3.0], "b": [2.5]}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"text": "x"}, "t.jsonl:1: no `id`; a row has id, text"),
        ({"id": "a"}, "t.jsonl:1: no `text`"),
        ({"id": None, "text": "x"}, "`id` must be a text or a whole number, not null"),
        ({"id": True, "text": "x"}, "not a truth value"),
        ({"id": "a", "text": ["x"]}, "`text` must be a text, not a list"),
        ({"id": "a", "text": "x", "group": 3}, "`group` must be a text, not a number"),
        ([1], "a list; every line is an object {id, text}"),
    ],
)
def test_a_row_that_is_none_is_named(tmp_path: Path, row: Any, words: str) -> None:
    with pytest.raises(SourceError) as raised:
        list(text_rows(write_lines(tmp_path / "t.jsonl", [row])))
    assert words in str(raised.value)


@pytest.mark.parametrize("score", [None, "3", True, [3]])
def test_a_score_is_a_number(tmp_path: Path, score: Any) -> None:
    path = write_lines(tmp_path / "a.jsonl", [{"id": "a", "score": score}])
    with pytest.raises(SourceError, match="a.jsonl:1: `score` must be a number"):
        judgements(path)
    (tmp_path / "a.jsonl").write_text('{"id": "a", "score": NaN}\n')
    with pytest.raises(SourceError, match="`score` must be a number, not nan"):
        judgements(path)


def test_files_that_are_none_are_named(tmp_path: Path) -> None:
    """Missing, empty, cut short, another table."""
    with pytest.raises(SourceError, match="no such file; name a .jsonl"):
        list(text_rows(tmp_path / "t.jsonl"))
    (tmp_path / "e.jsonl").write_text("\n")
    with pytest.raises(SourceError, match="no judgement in it"):
        judgements(tmp_path / "e.jsonl")
    (tmp_path / "c.parquet").write_bytes(b"PAR1" + bytes(50))
    with pytest.raises(SourceError, match="damaged or cut short after row 0"):
        list(text_rows(tmp_path / "c.parquet"))
    pq.write_table(pa.table({"name": ["a"]}), tmp_path / "o.parquet")
    with pytest.raises(SourceError, match=r"no column `id` \(it has name\)"):
        list(text_rows(tmp_path / "o.parquet"))
    (tmp_path / "l.jsonl").write_text(json.dumps(ROWS[0])[:-3])
    with pytest.raises(SourceError, match=r"l.jsonl:1: not JSON"):
        list(text_rows(tmp_path / "l.jsonl"))


def test_a_second_score_is_a_second_judgement(tmp_path: Path) -> None:
    """As if the id stood twice; null is none, and what is no number is refused by its place."""
    rows = [
        {"id": "a", "score": 2, "second_score": 3},
        {"id": "b", "score": 1, "second_score": None},
        {"id": "a", "score": 4},
    ]
    path = write_lines(tmp_path / "A.jsonl", rows)
    assert judgements(path) == {"a": [2.0, 3.0, 4.0], "b": [1.0]}
    write_lines(path, [{"id": "a", "score": 2, "second_score": "high"}])
    with pytest.raises(SourceError, match=r"A.jsonl:1: `second_score` must be a number"):
        judgements(path)
