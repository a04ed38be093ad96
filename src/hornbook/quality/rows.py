"""Texts and judgements of one's own: JSON lines, packed or not, or Parquet, read a row at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.errors import SourceError
from hornbook.json_lines import json_rows, kind_of

BATCH = 256


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text by its id. `group` names what it belongs to: a project, a site, an author."""

    id: str
    text: str
    group: str


def text_rows(path: Path) -> Iterator[TextRow]:
    """Rows {id, text, optional group}; without a group a text is a group of its own.

    Raises `SourceError` with the file and the row for what is missing or of the wrong kind.
    """
    for where, row in _rows(path, ("id", "text"), ("group",)):
        name, text = _id(row, where), row["text"]
        if not isinstance(text, str):
            raise SourceError(f"{where}: `text` must be a text, not {kind_of(text)}")
        group = row.get("group")
        if group is not None and not isinstance(group, str):
            raise SourceError(f"{where}: `group` must be a text, not {kind_of(group)}")
        yield TextRow(name, text, name if group is None else group)


def judgements(path: Path) -> dict[str, list[float]]:
    """Every score of every id, in the file's order. Rows {id, score, optional second_score}; an id
    may stand often."""
    found: dict[str, list[float]] = {}
    for where, row in _rows(path, ("id", "score"), ("second_score",)):
        scores = found.setdefault(_id(row, where), [])
        scores.append(_number(row, "score", where))
        if row.get("second_score") is not None:
            scores.append(_number(row, "second_score", where))
    if not found:
        raise SourceError(f"{path}: no judgement in it; rows are {{id, score}}")
    return found


def _number(row: dict[str, Any], name: str, where: str) -> float:
    value = row[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) < float("inf"):
        raise SourceError(f"{where}: `{name}` must be a number, not {value!r}")
    return float(value)


def _id(row: dict[str, Any], where: str) -> str:
    name = row["id"]
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise SourceError(f"{where}: `id` must be a text or a whole number, not {kind_of(name)}")
    return str(name)


def _rows(
    path: Path, needed: Sequence[str], more: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place for an error, columns) of every row."""
    if not path.is_file():
        raise SourceError(f"{path}: no such file; name a .jsonl, .jsonl.gz or .parquet file")
    if path.suffix == ".parquet":
        yield from _parquet_rows(path, needed, more)
        return
    fields = ", ".join(needed)
    for line, row in json_rows(str(path), lambda: path.open("rb"), fields):
        if missing := [name for name in needed if name not in row]:
            raise SourceError(f"{path}:{line}: no `{missing[0]}`; a row has {fields}")
        yield f"{path}:{line}", row


def _parquet_rows(
    path: Path, needed: Sequence[str], more: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            there = file.schema_arrow.names
            if missing := [name for name in needed if name not in there]:
                raise SourceError(f"{path}: no column `{missing[0]}` (it has {', '.join(there)})")
            wanted = [name for name in (*needed, *more) if name in there]
            for batch in file.iter_batches(batch_size=BATCH, columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path}, row {number}", row
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path}: damaged or cut short after row {number} ({error}); copy it again"
        ) from error
