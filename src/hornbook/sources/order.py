"""Documents written in the order of their names: an external sort in two rounds of jobs.

The output's shards are grouped into buckets of a bounded size. First every scratch shard is read
once and its rows are sorted into one file with a row group a bucket; then every bucket is gathered
from those row groups and written. A job holds one scratch shard or one bucket, whatever the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.engine import Job
from hornbook.records import Document
from hornbook.sources.catalogue import Catalogue
from hornbook.sources.jobs import Hands
from hornbook.sources.scratch import give_memory_back
from hornbook.storage import ROWS_PER_SHARD, atomic_file, digest, schema_of, shard_path, write_rows

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

BUCKET = 4
"""A bucket holds so many times `piece_bytes`: fewer row groups, each of more rows."""
_PLACE = "place"


@dataclass(frozen=True)
class Bucket:
    """Shards of an output table that one job writes: rows `start` to `end` of the table."""

    folder: str
    shard: int
    start: int
    end: int


@dataclass(frozen=True)
class Share:
    """Rows of a scratch shard with where they go: bucket, and place in the bucket's table."""

    texts: str
    rows: list[int]
    buckets: list[int]
    places: list[int]
    out: str


@dataclass
class Scatter:
    """The engine's work: one scratch shard's rows, grouped by bucket."""

    version: str = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: Share) -> dict[str, Any]:
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pq.read_table(payload.texts, use_threads=False)
        buckets = np.array(payload.buckets)
        with atomic_file(Path(payload.out)) as handle:
            schema = table.schema.append(pa.field(_PLACE, pa.int64()))
            with pq.ParquetWriter(
                handle, schema, compression="lz4", use_dictionary=False
            ) as writer:
                for bucket in np.unique(buckets):
                    at = np.flatnonzero(buckets == bucket)
                    part = table.take(pa.array(np.array(payload.rows)[at]))
                    places = pa.array(np.array(payload.places)[at], pa.int64())
                    part = part.append_column(_PLACE, places)
                    writer.write_table(part, row_group_size=max(len(at), 1))
        give_memory_back()
        return {"files": [payload.out], "buckets": np.unique(buckets).tolist()}


@dataclass(frozen=True)
class Order:
    """A bucket, and the files and row groups that hold its rows."""

    bucket: Bucket
    parts: list[tuple[str, int]]


@dataclass
class Gather:
    """The engine's work: one bucket's rows, put in order and written as the output's shards."""

    version: str = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: Order) -> dict[str, Any]:
        files = []
        table = _in_order(payload.parts)
        for number, start in enumerate(range(0, len(table), ROWS_PER_SHARD)):
            path = shard_path(Path(payload.bucket.folder), payload.bucket.shard + number)
            _write(path, table.slice(start, ROWS_PER_SHARD))
            files.append(str(path))
        del table
        give_memory_back()
        return {"files": files}


def _in_order(parts: list[tuple[str, int]]) -> pa.Table:
    """The rows of some row groups, in the order of their places."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = []
    for name, group in parts:
        with pq.ParquetFile(name) as file:
            tables.append(file.read_row_group(group, use_threads=False))
    return pa.concat_tables(tables).sort_by(_PLACE).drop_columns([_PLACE]).cast(schema_of(Document))


def _write(path: Path, table: pa.Table) -> None:
    """The same bytes as `storage.write_rows` gives for the same rows."""
    import pyarrow.parquet as pq

    with atomic_file(path) as handle:
        pq.write_table(table.combine_chunks(), handle, compression="zstd")


def write_in_order(
    catalogue: Catalogue,
    tables: Mapping[Path, NDArray[np.int64]],
    most: int,
    hands: Hands,
) -> None:
    """Write each table's rows, which are in the order of names, into its folder as shards.

    A bucket holds at most `BUCKET * most` characters and one shard.
    """
    import numpy as np

    size = catalogue.numbers("characters")
    buckets: list[Bucket] = []
    bucket_of = np.full(len(catalogue), -1, np.int64)
    place_of = np.zeros(len(catalogue), np.int64)
    for folder, rows in tables.items():
        folder.mkdir(parents=True, exist_ok=True)
        if not len(rows):
            write_rows(shard_path(folder, 0), Document, [])
        for bucket in _buckets(str(folder), size[rows], BUCKET * most):
            bucket_of[rows[bucket.start : bucket.end]] = len(buckets)
            place_of[rows[bucket.start : bucket.end]] = np.arange(bucket.start, bucket.end)
            buckets.append(bucket)
    jobs = []
    for shard, local in catalogue.parts(np.flatnonzero(bucket_of >= 0)):
        rows = local + catalogue.starts[shard]
        out = hands.scratch / f"scattered-{shard:06d}.parquet"
        share = Share(
            str(catalogue.texts[shard]),
            local.tolist(),
            bucket_of[rows].tolist(),
            place_of[rows].tolist(),
            str(out),
        )
        jobs.append(Job(out.stem, share, digest([share.rows, share.buckets, share.places])))
    _gather(jobs, buckets, hands)


def _gather(jobs: list[Job], buckets: list[Bucket], hands: Hands) -> None:
    total = len(jobs) + len(buckets)
    parts: list[list[tuple[str, int]]] = [[] for _ in buckets]
    for result in hands.part(0, total).do(Scatter(), jobs):
        for group, bucket in enumerate(result["buckets"]):
            parts[bucket].append((result["files"][0], group))
    gathering = [
        Job(f"gathered-{number:06d}", Order(bucket, parts[number]), digest(parts[number]))
        for number, bucket in enumerate(buckets)
    ]
    hands.part(len(jobs), total).do(Gather(), gathering)


def _buckets(folder: str, sizes: NDArray[np.int64], most: int) -> Iterator[Bucket]:
    """Runs of whole output shards; a shard is not divided."""
    import numpy as np

    starts = range(0, len(sizes), ROWS_PER_SHARD)
    first = size = 0
    for number, shard in enumerate(np.add.reduceat(sizes, starts) if len(sizes) else ()):
        if number > first and size + shard > most:
            yield Bucket(folder, first, first * ROWS_PER_SHARD, number * ROWS_PER_SHARD)
            first, size = number, 0
        size += int(shard)
    if len(sizes):
        yield Bucket(folder, first, first * ROWS_PER_SHARD, len(sizes))
