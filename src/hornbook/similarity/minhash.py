"""Near-duplicate texts: shingles, MinHash signatures, banded look-up, clusters.

The answer does not depend on the order of the texts or on how many processes hashed them: bands
only propose pairs, every proposed pair is checked, clusters are connected components, and the
keeper of a cluster is the smallest by a name that the caller gives. (Broder 1997; Leskovec,
Rajaraman and Ullman, Mining of Massive Datasets, ch. 3.)
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE = 5
PERMUTATIONS = 112
ROWS = 7
"""112 hashes in 16 bands of 7: pairs of similarity 0.8 meet in a band with probability 0.98."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9)
_BLOCK = 512
"""Shingles hashed at a time: small enough to stay in a core's own cache."""


def token_hashes(text: str) -> NDArray[np.uint64]:
    """One number a token (a word or a mark), [tokens]; white space does not count."""
    import numpy as np

    return np.fromiter(map(_token_hash, _TOKEN.findall(text)), np.uint64)


@lru_cache(maxsize=200_000)
def _token_hash(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "surrogatepass"))


def shingle_hashes(text: str) -> NDArray[np.uint64]:
    """The distinct runs of `SHINGLE` tokens as well-mixed 64-bit numbers, ascending.

    A text with fewer tokens is one shingle of its own, so that short texts are duplicates only of
    equal ones, and an empty one of empty ones.

    >>> len(shingle_hashes("a b c d e f")), len(shingle_hashes("a b")), len(shingle_hashes(""))
    (2, 1, 1)
    """
    import numpy as np

    tokens = token_hashes(text)
    width = min(SHINGLE, len(tokens))
    rolling = np.full(max(len(tokens) - SHINGLE + 1, 1), width, np.uint64)
    for offset in range(width):
        rolling = rolling * np.uint64(_MIX[0]) + tokens[offset : offset + len(rolling)]
        rolling ^= rolling >> np.uint64(30)
        rolling *= np.uint64(_MIX[1])
    return np.unique(rolling ^ (rolling >> np.uint64(31)))


def signature(text: str) -> NDArray[np.uint32]:
    """The smallest shingle under each of `PERMUTATIONS` hash functions, [PERMUTATIONS].

    The share of equal places of two signatures estimates the Jaccard similarity of the texts'
    sets of shingles, with a standard error of at most 0.047.
    """
    import numpy as np

    shingles = shingle_hashes(text)
    factors, offsets = _functions()
    least = np.full(PERMUTATIONS, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(shingles), _BLOCK):
        values = factors[:, None] * shingles[None, start : start + _BLOCK]
        values += offsets[:, None]
        np.minimum(least, values.min(axis=1), out=least)
    return (least >> np.uint64(32)).astype(np.uint32)


@lru_cache(maxsize=1)
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    import numpy as np

    # Philox is specified by its authors, so the same functions are drawn everywhere.
    draw = np.random.Generator(np.random.Philox(2306_11644))
    most = np.iinfo(np.uint64).max
    factors, offsets = draw.integers(0, most, (2, PERMUTATIONS), np.uint64)
    return factors | np.uint64(1), offsets


def estimated_jaccard(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """
    >>> text = "for i in range(10): print(i, i * i)"
    >>> estimated_jaccard(signature(text), signature(text))
    1.0
    """
    return float((left == right).mean())


def groups(keys: NDArray[np.uint32]) -> Iterator[list[int]]:
    """The rows of `keys`, [rows, width], that are equal; groups of one are left out."""
    import numpy as np

    columns = np.ascontiguousarray(keys)
    whole = columns.view([("", columns.dtype)] * columns.shape[1]).ravel()
    _, numbers = np.unique(whole, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    edges = np.flatnonzero(np.diff(numbers[order])) + 1
    yield from (group.tolist() for group in np.split(order, edges) if len(group) > 1)


def duplicates(
    signatures: NDArray[np.uint32], names: Sequence[object], threshold: float
) -> dict[int, int]:
    """For every row to be dropped, the row that is kept in its place.

    `signatures` is [texts, PERMUTATIONS]; `names` orders the rows (distinct, comparable values):
    the smallest of a cluster is its keeper. Two rows are linked if they agree in a whole band and
    in `threshold` of all places.
    """
    import numpy as np

    clusters = _Clusters(names)
    alone = np.ones(len(names), bool)
    # Rows with one signature are linked outright, so that a thousand copies of a licence header
    # do not make half a million pairs in every band.
    for group in groups(signatures) if len(names) else ():
        alone[group[1:]] = False
        for row in group[1:]:
            clusters.link(group[0], row)
    rows = np.flatnonzero(alone).tolist()
    for start in range(0, PERMUTATIONS if rows else 0, ROWS):
        for bucket in groups(signatures[rows, start : start + ROWS]):
            for at, left in enumerate(bucket):
                for right in bucket[at + 1 :]:
                    clusters.compare(rows[left], rows[right], signatures, threshold)
    found = {row: clusters.keeper(row) for row in range(len(names))}
    return {row: keeper for row, keeper in found.items() if keeper != row}


class _Clusters:
    """Union-find whose roots are the keepers."""

    def __init__(self, names: Sequence[object]) -> None:
        self._parent = list(range(len(names)))
        order = sorted(self._parent, key=lambda row: names[row])  # type: ignore[arg-type,return-value]
        self._rank = [0] * len(names)
        for rank, row in enumerate(order):
            self._rank[row] = rank

    def keeper(self, row: int) -> int:
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row

    def link(self, left: int, right: int) -> None:
        low, high = sorted((self.keeper(left), self.keeper(right)), key=self._rank.__getitem__)
        self._parent[high] = low

    def compare(
        self, left: int, right: int, signatures: NDArray[np.uint32], threshold: float
    ) -> None:
        # Rows already in one cluster need no check: whatever it says, nothing would change.
        if self.keeper(left) == self.keeper(right):
            return
        if estimated_jaccard(signatures[left], signatures[right]) >= threshold:
            self.link(left, right)
