"""What reading leaves for the steps after it: texts, what is known of each, and what was dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.records import Document, Dropped
from hornbook.sources.sample import place_in_order
from hornbook.storage import atomic_file, schema_of, write_rows

if TYPE_CHECKING:
    import pyarrow as pa

NAME = ("collection", "path", "version", "id", "source", "licence")
"""What orders documents; the last two only tell apart rows that are otherwise the same."""
ROWS = 20_000
"""Rows of a shard at most, however short their texts are."""


def give_memory_back() -> None:
    """Have Arrow's memory go back to the system: its pool would keep what a job once took."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def known_schema() -> pa.Schema:
    """What is known of a document without its text: a few hundred bytes however long it is."""
    import pyarrow as pa

    kinds = {"id": pa.binary(32)}
    return pa.schema(
        [
            *((name, kinds.get(name, pa.large_string())) for name in NAME),
            *((name, pa.int64()) for name in ("characters", "sample", "held_out")),
        ]
    )


def dropped_order(row: Dropped) -> tuple[str, ...]:
    """The order of the table of dropped rows."""
    return row.source, row.collection, row.path, row.reason, row.id, row.detail


class DroppedRuns:
    """Dropped rows as sorted files of a bounded size, to be merged in the end."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._waiting: list[Dropped] = []
        self.files: list[str] = []
        self.reasons: Counter[str] = Counter()

    def add(self, row: Dropped) -> None:
        self.reasons[row.reason] += 1
        self._waiting.append(row)
        if len(self._waiting) == ROWS:
            self.close()

    def close(self) -> None:
        if self._waiting:
            path = self._folder / f"{self._name}-{len(self.files):04d}.parquet"
            write_rows(path, Dropped, sorted(self._waiting, key=dropped_order))
            self.files.append(str(path))
            self._waiting = []


class Shards:
    """Documents as files of a bounded size, each with a file of what is known of its rows."""

    def __init__(self, folder: Path, name: str, seed: int, most: int) -> None:
        self._folder = folder
        self._name = name
        self._seed = seed
        self._most = most
        self._waiting: list[Document] = []
        self._places: list[int] = []
        self._size = 0
        self.files: list[tuple[str, str]] = []

    def add(self, row: Document, place: int) -> None:
        """Take in a document that stands at `place` of the sample's order."""
        self._waiting.append(row)
        self._places.append(place)
        self._size += len(row.text)
        if self._size >= self._most or len(self._waiting) == ROWS:
            self.close()

    def close(self) -> None:
        if not self._waiting:
            return
        stem = f"{self._name}-{len(self.files):04d}"
        texts, known = (self._folder / f"{stem}-{what}.parquet" for what in ("texts", "known"))
        rows = self._waiting
        schema = schema_of(Document)
        write_table(texts, {f.name: [getattr(r, f.name) for r in rows] for f in schema}, schema)
        write_table(known, self._known(), known_schema())
        self.files.append((str(texts), str(known)))
        self._waiting, self._places, self._size = [], [], 0

    def _known(self) -> dict[str, list[object]]:
        rows = self._waiting
        columns: dict[str, list[object]] = {name: [getattr(r, name) for r in rows] for name in NAME}
        columns["id"] = [bytes.fromhex(row.id) for row in rows]
        columns["characters"] = [len(row.text) for row in rows]
        columns["sample"] = list(self._places)
        columns["held_out"] = [place_in_order(self._seed, "held-out", row) for row in rows]
        return columns


def write_table(path: Path, columns: Mapping[str, Sequence[object]], schema: pa.Schema) -> None:
    """A table that is read once or twice and thrown away: quickly written, lightly packed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with atomic_file(path) as handle:
        table = pa.table(columns, schema=schema)
        pq.write_table(table, handle, compression="lz4", use_dictionary=False)
