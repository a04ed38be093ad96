"""Dolma's attributes: scores that stand beside the documents, line for line, in files of their own.

documents/books.jsonl.gz              {"id": "a", "text": ...}
attributes/TAGGER/books.jsonl.gz      {"id": "a", "attributes": {NAME: [[start, end, score]]}}
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import WebSource
from hornbook.sources.pieces import Piece
from hornbook.sources.readers.columns import DolmaColumns
from hornbook.sources.readers.row_groups import Row
from hornbook.sources.readers.tables import Span, json_rows
from hornbook.sources.text import Raw, Reading, drop


def scored_pieces(source: WebSource, files: Sequence[Path]) -> list[Piece]:
    """A piece a file: what belongs to a document is known by its line, so files are read whole.

    Raises `SourceError` for a file without its attributes.
    """
    place = f"sources.web: {source.path}"
    tagger = str(source.attribute).split("/", 1)[0]
    pieces = []
    for path in files:
        beside = _beside(path, tagger)
        if "documents" not in path.parts:
            continue
        if not beside.is_file():
            raise SourceError(f"{place}: {path} has no {beside}; run the tagger, or leave it out")
        rows = partial(_rows, source, place, path, beside)
        pieces.append(Piece(f"{place} {path} {source.attribute}", rows, place))
    if not pieces:
        raise SourceError(f"{place}: no file in a folder `documents`; correct the path")
    return pieces


def documents_of(files: Sequence[Path]) -> list[Path]:
    """The files in a folder `documents`, where there are any; else all."""
    found = [path for path in files if "documents" in path.parts]
    return found or list(files)


def _beside(path: Path, tagger: str) -> Path:
    """
    >>> _beside(Path("d/documents/a/b.jsonl.gz"), "fluency").as_posix()
    'd/attributes/fluency/a/b.jsonl.gz'
    """
    parts = list(path.parts)
    at = len(parts) - 1 - parts[::-1].index("documents") if "documents" in parts else 0
    return Path(*parts[:at], "attributes", tagger, *parts[at + 1 :])


def _rows(
    source: WebSource, place: str, path: Path, beside: Path, reading: Reading
) -> Iterator[Raw | Dropped]:
    layout, name = DolmaColumns(), str(source.attribute).split("/", 1)[1]
    documents = json_rows(Span(path, 0, None, 1), place, reading)
    scores = json_rows(Span(beside, 0, None, 1), f"{place} ({beside})", reading)
    for (number, row), (_, scored) in itertools.zip_longest(
        documents, scores, fillvalue=(0, "no line")
    ):
        raw = layout.raw(path, number, row)
        if isinstance(raw, Dropped):
            yield raw
            continue
        score = _score(row, scored, name)
        if score is None:
            yield drop(raw.origin, "bad-row", f"no score `{source.attribute}` for this document")
        elif score < source.at_least:
            yield drop(raw.origin, "low-score", f"{source.attribute} is {score:g}")
        else:
            yield raw


def _score(row: Row | str, scored: Row | str, name: str) -> float | None:
    """The highest score of any span of the document; nothing where the lines don't belong together."""
    if isinstance(row, str) or isinstance(scored, str) or row.get("id") != scored.get("id"):
        return None
    attributes = scored.get("attributes")
    spans = attributes.get(name) if isinstance(attributes, dict) else None
    if not isinstance(spans, list):
        return None
    values = [span[2] for span in spans if isinstance(span, list) and len(span) == 3]
    return max((float(v) for v in values if isinstance(v, int | float)), default=None)
