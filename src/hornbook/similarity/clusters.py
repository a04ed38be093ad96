"""Clusters of near duplicates, and the row of each that is kept.

The answer is a function of the set of rows alone: their order, the files they came in and the
number of processes that made their signatures change nothing. Bands propose, every link is
checked on the whole signature, and nothing loops over pairs in Python, however big a bucket.
(Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hornbook.similarity.minhash import PERMUTATIONS, ROWS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEADERS = 64
"""Rows of one bucket that are compared with all its others, at most."""
_PAIRS = 1 << 11
"""Pairs compared at a time: less than 2 MB, in a core's own cache."""


def keepers(
    signatures: NDArray[np.uint32], ranks: NDArray[np.int64], threshold: float
) -> NDArray[np.int64]:
    """For every row the row that is kept in its place, itself where it stays, [rows].

    `signatures` is [rows, PERMUTATIONS], a memory map too: a band at a time is read. `ranks`,
    [rows], are distinct and say which row of a cluster is kept: the smallest. Raises `ValueError`
    for two rows of one rank.

    Band after band, the rows that agree in a whole band are a bucket. While a bucket's rows are in
    more than one cluster, the smallest of those that have not led yet, nor are in a cluster whose
    row has, is compared with all rows outside its own cluster, and is linked with those that agree
    in `threshold` of all places. A cluster is what is linked, through others too. At most
    `LEADERS` rows of a bucket take that turn.
    """
    import numpy as np

    order = np.argsort(ranks, kind="stable")
    if (np.diff(ranks[order]) == 0).any():
        raise ValueError("ranks must be distinct, for a cluster has one keeper")
    # From here on a row goes by its place in the order, and a cluster by its smallest row.
    cluster = np.arange(len(order))
    for start in range(0, PERMUTATIONS, ROWS):
        band = np.ascontiguousarray(signatures[:, start : start + ROWS])[order]
        members, begins = _buckets(_keys(band))
        cluster = _linked(cluster, members, begins, _Comparison(signatures, order, threshold))
    kept = np.empty(len(order), np.int64)
    kept[order] = order[cluster]
    return kept


def biggest(kept: NDArray[np.int64], ranks: NDArray[np.int64], count: int) -> list[tuple[int, int]]:
    """The biggest clusters as (keeper, rows), biggest first; of equal ones the smaller keeper.

    >>> import numpy as np
    >>> biggest(np.array([0, 1, 0, 1, 0, 5]), np.arange(6), 2)
    [(0, 3), (1, 2)]
    """
    import numpy as np

    sizes = np.bincount(kept, minlength=len(kept))
    clusters = np.flatnonzero(sizes > 1)
    best = clusters[np.lexsort((ranks[clusters], -sizes[clusters]))][:count]
    return [(int(row), int(sizes[row])) for row in best]


class _Comparison:
    """Which of many pairs of rows, named by their places in the order, are alike enough."""

    def __init__(
        self, signatures: NDArray[np.uint32], order: NDArray[np.int64], threshold: float
    ) -> None:
        self._signatures, self._order, self._threshold = signatures, order, threshold

    def __call__(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        import numpy as np

        alike = np.empty(len(left), bool)
        for start in range(0, len(left), _PAIRS):
            some = slice(start, start + _PAIRS)
            ours = self._signatures[self._order[left[some]]]
            theirs = self._signatures[self._order[right[some]]]
            alike[some] = (ours == theirs).sum(axis=1) / PERMUTATIONS >= self._threshold
        return alike


def _keys(band: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One number for each row of a band. Rows that are not equal may share one by chance, and are
    then compared in vain."""
    import numpy as np

    keys = np.zeros(len(band), np.uint64)
    for column in band.T:
        keys ^= keys >> np.uint64(31)
        keys *= np.uint64(0x9E3779B97F4A7C15)
        keys += column
    return keys


def _buckets(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows that share their key with another, bucket by bucket, ascending in each, and where
    each bucket begins."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(np.diff(keys[order])) + 1
    sizes = np.diff(edges, prepend=0, append=len(keys))
    return order[np.repeat(sizes > 1, sizes)], _begins(sizes[sizes > 1])


def _linked(
    cluster: NDArray[np.int64],
    members: NDArray[np.int64],
    begins: NDArray[np.int64],
    alike: _Comparison,
) -> NDArray[np.int64]:
    """The clusters, after what the buckets of one band tell."""
    import numpy as np

    waiting = np.ones(len(members), bool)
    for _ in range(LEADERS):
        if not len(begins):
            break
        sizes = np.diff(begins, append=len(members))
        places = np.where(waiting, np.arange(len(members)), len(members))
        lowest = np.minimum.reduceat(cluster[members], begins)
        highest = np.maximum.reduceat(cluster[members], begins)
        leaders = np.minimum.reduceat(places, begins)
        unsettled = (lowest < highest) & (leaders < len(members))
        inside = np.repeat(unsettled, sizes)
        leading = members[np.repeat(leaders[unsettled], sizes[unsettled])]
        members, waiting, begins = members[inside], waiting[inside], _begins(sizes[unsettled])
        apart = cluster[members] != cluster[leading]
        left, right = leading[apart], members[apart]
        links = alike(left, right)
        cluster = _joined(cluster, left[links], right[links])
        waiting &= cluster[members] != cluster[leading]
    return cluster


def _joined(
    cluster: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The clusters, after each left row was linked with its right one."""
    import numpy as np

    while True:
        ours, theirs = cluster[left], cluster[right]
        low, high = np.minimum(ours, theirs), np.maximum(ours, theirs)
        if not (low < high).any():
            return cluster
        np.minimum.at(cluster, high, low)
        # Each row now points to a smaller one, that one to a smaller one yet, down to the least.
        while not np.array_equal(further := cluster[cluster], cluster):
            cluster = further


def _begins(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.cumsum(sizes) - sizes
