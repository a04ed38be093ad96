"""All documents found, as columns without texts: what is sampled, what is a copy, who stands where."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.records import Dropped
from hornbook.sources.sample import not_sampled, sample_length
from hornbook.sources.scratch import NAME, known_schema

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Known:
    """One document without its text."""

    id: str
    source: str
    collection: str
    path: str


class Catalogue:
    """What is known of every document, row by row in the order of the shards.

    Memory is a few hundred bytes a document, in columns; texts stay on the disk.
    """

    def __init__(self, shards: Sequence[tuple[str, str]]) -> None:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        self.texts = [Path(texts) for texts, _ in shards]
        tables = [pq.read_table(known) for _, known in shards]
        self._table: pa.Table = pa.concat_tables([known_schema().empty_table(), *tables])
        starts = np.cumsum([0, *(table.num_rows for table in tables)])
        self.starts: NDArray[np.int64] = starts.astype(np.int64)
        """Of each shard its first row, and the number of all rows."""
        order = pc.sort_indices(self._table, sort_keys=[(name, "ascending") for name in NAME])
        self.rank: NDArray[np.int64] = np.empty(len(order), np.int64)
        """Where each row stands in the order of names."""
        self.rank[order.to_numpy()] = np.arange(len(order))

    def __len__(self) -> int:
        return len(self.rank)

    def numbers(self, column: str) -> NDArray[np.int64]:
        """A column of numbers: `characters`, or the places `sample` and `held_out`."""
        found: NDArray[np.int64] = self._table[column].to_numpy()
        return found

    def values(self, column: str, rows: NDArray[np.int64]) -> list[Any]:
        """A column's values at `rows`."""
        found: list[Any] = self._table[column].take(_indices(rows)).to_pylist()
        return found

    def known(self, rows: NDArray[np.int64], at_once: int = 4096) -> Iterator[Known]:
        """What is known of `rows`, in their order."""
        names = ("id", "source", "collection", "path")
        for start in range(0, len(rows), at_once):
            part = self._table.select(names).take(_indices(rows[start : start + at_once]))
            for id_, source, collection, path in zip(
                *(part[name].to_pylist() for name in names), strict=True
            ):
                yield Known(id_.hex(), source, collection, path)

    def sampled(self, budget: int | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of the sample in the order of names, and the others."""
        import numpy as np

        order = np.lexsort((self.rank, self.numbers("sample")))
        taken = sample_length(self.numbers("characters")[order], budget)
        return self.by_name(order[:taken]), self.by_name(order[taken:])

    def by_name(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        import numpy as np

        return rows[np.argsort(self.rank[rows])]

    def first_of_its_text(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each of `rows`, which are in the order of names, the first of them with its text."""
        import numpy as np

        codes = self._table["id"].take(_indices(rows)).combine_chunks().dictionary_encode().indices
        _, firsts, group = np.unique(codes.to_numpy(), return_index=True, return_inverse=True)
        return rows[firsts[group]]

    def left_out(self, rows: NDArray[np.int64]) -> Iterator[Dropped]:
        """What is outside the sample."""
        sizes = self.numbers("characters")[rows].tolist()
        for row, characters in zip(self.known(rows), sizes, strict=True):
            yield not_sampled(row, characters)

    def parts(self, rows: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """`rows`, ascending, shard by shard: the shard's number, and which of its rows they are."""
        import numpy as np

        edges = np.searchsorted(rows, self.starts)
        for shard, (low, high) in enumerate(itertools.pairwise(edges)):
            if low < high:
                yield shard, rows[low:high] - self.starts[shard]


def _indices(rows: NDArray[np.int64]) -> pa.Array:
    import pyarrow as pa

    return pa.array(rows, pa.int64())
