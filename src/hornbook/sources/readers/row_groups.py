"""Parquet a span at a time: some row groups, or a part of a large one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import SourceError
from hornbook.sources.pieces import batches

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

Row = dict[str, Any]
ROWS_AT_ONCE = 64
BATCH_BYTES = 64 << 20
"""What one batch may come to: a value of a dictionary is repeated for every row that names it."""
GROUP_BYTES = 1 << 31
"""A column of one row group may be so large; more does not fit into one array of texts."""
PARTS = 16
"""A row group is divided by so many at most: each part's reader passes over those before it."""
_SLACK = 16 << 20


@dataclass(frozen=True)
class Groups:
    """Row groups `start` to `end` of a file, or one of several equal parts of a single one."""

    path: Path
    start: int
    end: int
    row: int
    """The number of the first row of the first group, from 1."""
    part: int = 0
    parts: int = 1


def group_spans(path: Path, text: str, place: str, size: int) -> list[Groups]:
    """A file's rows in spans of about `size` bytes of the column `text`.

    Raises `SourceError` for a file that is empty or damaged, or lacks the column.
    """
    sizes, rows = [], []
    with open_parquet(path, place) as file:
        names = file.schema_arrow.names
        if text not in names:
            raise SourceError(f"{place}: no column `{text}` (it has {', '.join(names)})")
        for number in range(file.metadata.num_row_groups):
            group = file.metadata.row_group(number)
            sizes.append(_column(group, text)[0])
            rows.append(group.num_rows)
            if sizes[-1] > GROUP_BYTES:
                raise SourceError(
                    f"{place}: row group {number} has {sizes[-1]:,} bytes of text, {GROUP_BYTES:,}"
                    " allowed; write the table in smaller row groups"
                )
    if not sum(rows):
        raise SourceError(f"{place}: empty; name a file with rows")
    spans, row = [], 1
    for run in batches(range(len(rows)), sizes.__getitem__, size):
        most = min(PARTS, rows[run[0]]) if len(run) == 1 else 1
        parts = max(1, min(most, sizes[run[0]] // (2 * size)))
        spans += [Groups(path, run[0], run[-1] + 1, row, part, parts) for part in range(parts)]
        row += sum(rows[number] for number in run)
    return spans


def text_bytes(path: Path, text: str, place: str) -> int:
    """The bytes of a column, unpacked, as the file's end says.

    Raises `SourceError` for a file that is damaged.
    """
    with open_parquet(path, place) as file:
        groups = range(file.metadata.num_row_groups)
        return sum(_column(file.metadata.row_group(number), text)[0] for number in groups)


def group_rows(
    span: Groups, columns: Sequence[str], place: str, max_ratio: float
) -> Iterator[tuple[int, Row]]:
    """The rows of a span with their numbers; of `columns` the first is had as bytes.

    Raises `SourceError` for damage, and for what unpacks to more than `max_ratio` times its size.
    """
    import pyarrow as pa

    try:
        with open_parquet(span.path, place) as file:
            wanted = [name for name in columns if name in file.schema_arrow.names]
            first, last = _bounds(file, span)
            _refuse_bombs(file, span, wanted, place, max_ratio)
            groups = list(range(span.start, span.end))
            at_once = _rows_at_once(span, [name for name in wanted if _is_flat(file, name)])
            at = 0
            for batch in file.iter_batches(at_once, groups, columns=wanted):
                start, end = max(first - at, 0), min(last - at, len(batch))
                if start < end:
                    part = _as_bytes(batch.slice(start, end - start), columns[0])
                    yield from enumerate(part.to_pylist(), span.row + at + start)
                at += len(batch)
                if at >= last:
                    return
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise damaged(place, error) from error


def _bounds(file: pq.ParquetFile, span: Groups) -> tuple[int, int]:
    """Which rows of the span's groups are its own."""
    rows = sum(file.metadata.row_group(n).num_rows for n in range(span.start, span.end))
    return rows * span.part // span.parts, rows * (span.part + 1) // span.parts


def _refuse_bombs(
    file: pq.ParquetFile, span: Groups, columns: Sequence[str], place: str, max_ratio: float
) -> None:
    for number in range(span.start, span.end):
        for name in columns:
            unpacked, packed = _column(file.metadata.row_group(number), name)
            if unpacked > max_ratio * packed + _SLACK:
                raise SourceError(
                    f"{place}: row group {number} has {unpacked:,} bytes of `{name}` from"
                    f" {packed:,}, as in a bomb; raise sources.max_ratio if it is none"
                )


def _is_flat(file: pq.ParquetFile, name: str) -> bool:
    schema = file.schema
    return any(schema.column(at).path == name for at in range(len(schema.names)))


def _rows_at_once(span: Groups, columns: Sequence[str]) -> int:
    """Rows of a batch, so few that the largest value of any dictionary fits in for each."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    largest = 0
    with pq.ParquetFile(span.path, read_dictionary=list(columns), buffer_size=1 << 20) as file:
        for number in range(span.start, span.end):
            batch = next(file.iter_batches(1, [number], columns=list(columns)), None)
            for column in batch.columns if batch is not None else ():
                if isinstance(column, pa.DictionaryArray) and len(column.dictionary):
                    lengths = pc.binary_length(column.dictionary)
                    largest = max(largest, pc.max(lengths).as_py() or 0)
    return max(1, min(ROWS_AT_ONCE, BATCH_BYTES // max(largest, 1)))


def _column(group: Any, name: str) -> tuple[int, int]:
    """A column's bytes in a row group, unpacked and packed; nested ones count together."""
    columns = [group.column(at) for at in range(group.num_columns)]
    chosen = [c for c in columns if c.path_in_schema.partition(".")[0] == name]
    return (
        sum(c.total_uncompressed_size for c in chosen),
        sum(c.total_compressed_size for c in chosen),
    )


def open_parquet(path: Path, place: str) -> pq.ParquetFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # A buffer: the columns of a row group are read a little at a time, never whole.
        return pq.ParquetFile(path, buffer_size=1 << 20)
    except (pa.ArrowException, OSError) as error:
        raise damaged(place, error) from error


def damaged(place: str, error: Exception) -> SourceError:
    return SourceError(f"{place}: damaged or cut short ({error}); copy it again")


def _as_bytes(batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    """The batch with its column of texts as bytes: a row that is no UTF-8 is no fault of others."""
    import pyarrow as pa

    place = batch.schema.get_field_index(name)
    if batch.schema.types[place] not in (pa.string(), pa.large_string()):
        return batch
    column = batch.column(place).cast(pa.large_binary())
    return batch.set_column(place, name, column)
