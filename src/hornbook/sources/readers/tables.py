"""Tables of texts, a span at a time: Parquet by row groups, JSON lines by bytes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.pieces import Piece
from hornbook.sources.readers.row_groups import Groups, Row, damaged, group_rows, group_spans
from hornbook.sources.readers.unpacking import UnpackedTooLarge, open_plain, packing_of
from hornbook.sources.text import Origin, Raw, Reading, drop, writable

_COUNTED = 1 << 20


class Layout(Protocol):
    """What the columns of a table mean."""

    @property
    def text(self) -> str:
        """The column of the text: it must be there, and its bytes are not decoded."""

    @property
    def columns(self) -> Sequence[str]:
        """The other columns that are looked at, where a table has them."""

    def raw(self, path: Path, number: int, row: Row | str) -> Raw | Dropped:
        """What row `number` (from 1) of a file is; a text instead of a row says why it is none."""


@dataclass(frozen=True)
class Span:
    """The lines of a file that begin between two bytes."""

    path: Path
    start: int
    end: int | None
    row: int
    """The number of the first line, from 1."""


def table_pieces(path: Path, layout: Layout, place: str, size: int) -> list[Piece]:
    """The spans of a file, each of about `size` bytes of text.

    Raises `SourceError` for a file that is missing, empty, damaged or lacks the column of texts.
    """
    if not path.is_file():
        raise SourceError(f"{place}: no such file; correct the path")
    if path.stat().st_size == 0:
        raise SourceError(f"{place}: empty; name a file with rows")
    if is_parquet(path):
        return [
            Piece(f"{place} {span}", partial(_group_rows, layout, span, place), place)
            for span in group_spans(path, layout.text, place, size)
        ]
    return [
        Piece(f"{place} {span}", partial(_line_rows, layout, span, place), place)
        for span in _lines(path, size)
    ]


def is_parquet(path: Path) -> bool:
    return path.suffix == ".parquet"


def table_name(path: Path) -> str:
    """A file's name without what says how it is written.

    >>> table_name(Path("data/books.jsonl.gz")), table_name(Path("v1.2.parquet"))
    ('books', 'v1.2')
    """
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    return writable(Path(name).stem)


def text_row(text: object, origin: Origin, column: str) -> Raw | Dropped:
    """The row's text as bytes, or why it has none."""
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogatepass")
    if isinstance(text, bytes):
        return Raw(origin, text)
    return drop(origin, "bad-row", f"no text in `{column}`")


def _group_rows(
    layout: Layout, span: Groups, place: str, reading: Reading
) -> Iterator[Raw | Dropped]:
    columns = (layout.text, *layout.columns)
    for number, row in group_rows(span, columns, place, reading.settings.max_ratio):
        yield layout.raw(span.path, number, row)


def _line_rows(layout: Layout, span: Span, place: str, reading: Reading) -> Iterator[Raw | Dropped]:
    for number, row in json_rows(span, place, reading):
        yield layout.raw(span.path, number, row)


def _lines(path: Path, size: int) -> list[Span]:
    """Spans of lines; a packed file is one, for its middle can't be found."""
    if packing_of(path) is not None:
        return [Span(path, 0, None, 1)]
    return [Span(path, start, end, line) for start, end, line in line_spans(path, size)]


def line_spans(path: Path, size: int) -> list[tuple[int, int | None, int]]:
    """(start, end, number of the first line) of about `size` bytes each, line after line whole."""
    whole = path.stat().st_size
    if whole <= size:
        return [(0, None, 1)]
    spans: list[tuple[int, int | None, int]] = []
    start, line = 0, 1
    with path.open("rb") as handle:
        while start < whole:
            end, lines = _line_end(handle, min(start + size, whole), whole)
            spans.append((start, end, line))
            start, line = end, line + lines
    return spans


def _line_end(handle: Any, at_least: int, whole: int) -> tuple[int, int]:
    """Where the line that holds byte `at_least` ends, and the line ends from here to there."""
    lines = 0
    while (left := at_least - handle.tell()) > 0:
        lines += handle.read(min(left, _COUNTED)).count(b"\n")
    while data := handle.readline(_COUNTED):
        if data.endswith(b"\n"):
            return handle.tell(), lines + 1
    return whole, lines


def json_rows(span: Span, place: str, reading: Reading) -> Iterator[tuple[int, Row | str]]:
    """The rows of a span of JSON lines by their numbers; a text where a line is no row."""
    # A character may take six bytes in JSON (\\u0000), and there are other columns.
    longest = 6 * reading.settings.max_bytes + 1_000_000
    number = span.row
    try:
        with open_plain(span.path, reading.settings.max_ratio) as handle:
            at = handle.seek(span.start) if span.start else 0
            while (span.end is None or at < span.end) and (line := handle.readline(longest)):
                at += len(line)
                if len(line) == longest and not line.endswith(b"\n"):
                    while line and not line.endswith(b"\n"):
                        line = handle.readline(longest)
                        at += len(line)
                    yield number, f"line {number}: longer than {longest:,} bytes"
                elif line.strip():
                    yield number, _json_row(line, number)
                number += 1
    except UnpackedTooLarge as error:
        raise SourceError(f"{place}: {error}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise damaged(place, error) from error


def _json_row(line: bytes, number: int) -> Row | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"line {number}: not JSON ({error})"
    return row if isinstance(row, dict) else f"line {number}: not a JSON object"
