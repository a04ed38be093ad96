"""MinHash signatures: a few numbers a text whose agreement tells how alike two texts are.

The scheme is fast similarity sketching (Dahlgaard, Knudsen and Thorup, arXiv 1704.04370) in the
form that the package rensa published as the second version of its R-MinHash: in up to three rounds
every shingle is thrown into one of the signature's places with a rank, the least rank stays, and
only places still empty after that have a hash function of their own. numpy and rensa give the same
bytes; with rensa they come sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from hornbook.similarity.shingles import blocks, joined, shingle_hashes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Digest = Callable[[NDArray[np.uint64], NDArray[np.int64]], NDArray[np.uint32]]

PERMUTATIONS = 112
ROWS = 7
"""112 places in 16 bands of 7: pairs of similarity 0.8 meet in a band with probability 0.98."""

SCHEME = 2
"""Changes when equal texts get other signatures: those of two schemes can't be compared."""

_SEED = 2306_11644
_ROUNDS = 3
_RANK_BITS = 30
"""A place holds the round, in the two highest bits, and the rank."""
_FIRST, _NEXT, _LAST = 0x6A09E667F3BCC909, 0x3C6EF372FE94F82B, 0xBB67AE8584CAA73B
_MASK = (1 << 64) - 1


def signatures(texts: Iterable[str]) -> NDArray[np.uint32]:
    """The signature of each text, [texts, PERMUTATIONS].

    The share of equal places of two signatures estimates the Jaccard similarity of the texts'
    sets of shingles, with a standard error of at most 0.047. `texts` may be any number: a few at
    a time are held.
    """
    import numpy as np

    parts = [np.empty((0, PERMUTATIONS), np.uint32)]
    left = iter(texts)
    while some := list(islice(left, 512)):
        parts.append(signatures_of(*joined(some)))
    return np.concatenate(parts)


def signatures_of(data: bytes | memoryview, starts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """`signatures` of texts in UTF-8 one behind the other; `starts`, [texts + 1], begins with 0."""
    import numpy as np

    digest = _compiled() or in_numpy
    found = np.empty((len(starts) - 1, PERMUTATIONS), np.uint32)
    for some in blocks(starts):
        low, high = int(starts[some.start]), int(starts[some.stop])
        inner = starts[some.start : some.stop + 1] - low
        found[some] = digest(*shingle_hashes(bytes(data[low:high]), inner))
    return found


def estimated_jaccard(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """
    >>> one, other = signatures(["for i in range(10): print(i, i * i)"] * 2)
    >>> estimated_jaccard(one, other)
    1.0
    """
    return float((left == right).mean())


def in_numpy(shingles: NDArray[np.uint64], begins: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Signatures of texts from their shingles; text i has those of begins[i] to begins[i + 1].

    A text without any shingle is not allowed; equal shingles count once.
    """
    import numpy as np

    (factor, offset), *_ = _functions()
    found = np.full((len(begins) - 1, PERMUTATIONS), np.iinfo(np.uint32).max, np.uint32)
    rows, sizes, numbers = np.arange(len(found)), np.diff(begins), shingles
    for turn in range(_ROUNDS):
        hashed = _split_mix(numbers, offset ^ _FIRST ^ (turn * _NEXT & _MASK))
        places = np.repeat(rows * PERMUTATIONS, sizes) + _places(hashed)
        ranks = (hashed >> np.uint64(64 - _RANK_BITS)).astype(np.uint32)
        np.minimum.at(found.reshape(-1), places, ranks | np.uint32(turn << _RANK_BITS))
        # Later rounds fill what is empty and change nothing else.
        lacking = (found[rows] >= turn + 1 << _RANK_BITS).any(axis=1)
        numbers = numbers[np.repeat(lacking, sizes)]
        rows, sizes = rows[lacking], sizes[lacking]
        if not len(rows):
            return found
    hashed = _split_mix(numbers, factor ^ _LAST)
    edges = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    for place, (factor, offset) in enumerate(_functions()):
        least = np.minimum.reduceat(
            (hashed * np.uint64(factor) + np.uint64(offset)) >> np.uint64(64 - _RANK_BITS), edges
        )
        own = least.astype(np.uint32) | np.uint32(_ROUNDS << _RANK_BITS)
        found[rows, place] = np.minimum(found[rows, place], own)
    return found


def in_rensa(shingles: NDArray[np.uint64], begins: NDArray[np.int64]) -> NDArray[np.uint32]:
    """What `in_numpy` gives, from compiled code. Raises ImportError where rensa is not installed."""
    import numpy as np
    from rensa import RMinHash

    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        np.ascontiguousarray(shingles), begins.astype(np.uint64), PERMUTATIONS, _SEED
    )
    return np.array(matrix.to_rows(), np.uint32)


@lru_cache(maxsize=1)
def _compiled() -> Digest | None:
    """rensa, where it is installed and gives our bytes: another version may have another scheme."""
    import numpy as np

    sample, begins = np.arange(900, dtype=np.uint64), np.array([0, 1, 100, 900])
    try:
        same = np.array_equal(in_rensa(sample, begins), in_numpy(sample, begins))
    except (ImportError, AttributeError, TypeError, ValueError):
        return None
    return in_rensa if same else None


def _split_mix(numbers: NDArray[np.uint64], key: int) -> NDArray[np.uint64]:
    """A hash of each number: SplitMix64's step (Steele, Lea and Flood 2014)."""
    import numpy as np

    hashed = (numbers ^ np.uint64(key)) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        hashed ^= hashed >> np.uint64(shift)
        hashed *= np.uint64(factor)
    hashed ^= hashed >> np.uint64(31)
    return hashed


def _places(hashed: NDArray[np.uint64]) -> NDArray[np.int64]:
    """An even choice of a place by the low 32 bits (Lemire 2019): the few that would tip the
    balance are hashed again."""
    import numpy as np

    low = np.uint64(0xFFFFFFFF)
    product = (hashed & low) * np.uint64(PERMUTATIONS)
    uneven = np.flatnonzero((product & low) < np.uint64((1 << 32) % PERMUTATIONS))
    if len(uneven):
        product[uneven] = _places(_split_mix(hashed[uneven], 0)).astype(np.uint64) << np.uint64(32)
    return (product >> np.uint64(32)).astype(np.int64)


@lru_cache(maxsize=1)
def _functions() -> list[tuple[int, int]]:
    """A factor and an offset for each place."""
    numbers = _xoshiro(_SEED)
    return [(next(numbers) | 1, next(numbers)) for _ in range(PERMUTATIONS)]


def _xoshiro(seed: int) -> Iterator[int]:
    """xoshiro256++ (Blackman and Vigna 2021), its state filled by SplitMix64, as its authors say."""
    import numpy as np

    golden = 0x9E3779B97F4A7C15
    steps = np.array([seed + golden * step & _MASK for step in range(4)], np.uint64)
    a, b, c, d = _split_mix(steps, 0).tolist()
    while True:
        yield _turned(a + d & _MASK, 23) + a & _MASK
        shifted = b << 17 & _MASK
        c, d = c ^ a, d ^ b
        a, b, c, d = a ^ d, b ^ c, c ^ shifted, _turned(d, 45)


def _turned(number: int, bits: int) -> int:
    return (number << bits | number >> (64 - bits)) & _MASK
