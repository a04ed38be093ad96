"""Texts as sets of shingles: runs of five tokens, hashed a block of texts at a time.

No Python object stands for a token: a table says of each byte whether it belongs to a word, is a
mark, or is white space; a running sum of powers gives each run of bytes its hash wherever it
stands; and five neighbours are added up with powers of their own. (Rabin's fingerprints, with
2^64 for a modulus, so that a power can be taken back by multiplying with its inverse.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE = 5
BLOCK = 1 << 18
"""Bytes hashed at a time: small enough that the arrays of a block stay in a core's own cache."""

_WORD, _MARK, _SPACE = 1, 2, 0


def _kind(byte: int) -> int:
    letter = chr(byte)
    # A byte of a character beyond ASCII counts as a letter, whatever the character.
    if byte >= 0x80 or letter.isalnum() or letter == "_":
        return _WORD
    return _SPACE if letter.isspace() else _MARK


_KINDS = bytes(map(_kind, range(256)))
_VALUES = bytes(0 if _kind(byte) == _SPACE else byte for byte in range(256))
"""White space adds nothing to a token's sum, so a token may be summed up to the next one."""

_MODULUS = 1 << 64
_BASE = 0x9E3779B97F4A7C17  # odd, and 3 modulo 4: its powers differ in nearly all bits
_STEP = 0xBF58476D1CE4E5B9
_MIX = 0xD6E8FEB86659FD93
_NOTHING = 0x94D049BB133111EB
"""Stands in a text's place for each token that it lacks to a whole shingle."""


def joined(texts: Iterable[str]) -> tuple[bytes, NDArray[np.int64]]:
    """The texts one behind the other in UTF-8, and where each begins and the last ends."""
    import numpy as np

    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    return b"".join(parts), np.cumsum([0, *map(len, parts)], dtype=np.int64)


def blocks(starts: NDArray[np.int64]) -> Iterator[slice]:
    """Neighbouring texts that are hashed together: `BLOCK` bytes, or one longer text at the end."""
    import numpy as np

    texts = len(starts) - 1
    edges = np.flatnonzero(np.diff(starts[:-1] // BLOCK)) + 1
    bounds = [0, *edges.tolist(), texts]
    return (slice(low, high) for low, high in pairwise(bounds) if low < high)


def shingle_hashes(
    data: bytes, starts: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The shingles of texts as well-mixed 64-bit numbers, and where each text's begin and end.

    `data` and `starts`, [texts + 1], are as `joined` gives them; a run of words or a mark is a
    token, white space does not count. A text has as many shingles as runs of `SHINGLE` tokens, in
    their order, equal ones too. One with fewer tokens is a single shingle of its own, so that short
    texts are duplicates only of equal ones, and an empty one of empty ones.

    >>> shingle_hashes(*joined(["a b c d e f g", "a b", ""]))[1].tolist()
    [0, 3, 4, 5]
    """
    import numpy as np

    tokens, begins = _padded(*_tokens(data, starts))
    pairs = tokens[1:] * np.uint64(_STEP)
    pairs += tokens[:-1]
    fours = pairs[2:] * np.uint64(pow(_STEP, 2, _MODULUS))
    fours += pairs[:-2]
    runs = tokens[4:] * np.uint64(pow(_STEP, 4, _MODULUS))
    runs += fours[:-1]
    # Runs that begin in one text and end in the next are nobody's.
    inside = np.ones(len(runs), bool)
    inside[begins[1:-1, None] - np.arange(1, SHINGLE)] = False
    return _mixed(runs[inside]), begins - (SHINGLE - 1) * np.arange(len(begins))


def shingle_set(text: str) -> NDArray[np.uint64]:
    """The distinct shingles of one text, ascending.

    >>> len(shingle_set("a b c d e f")), len(shingle_set("a b")), len(shingle_set(""))
    (2, 1, 1)
    """
    import numpy as np

    return np.unique(shingle_hashes(*joined([text]))[0])


def jaccard(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> float:
    """What two sets of shingles share, as a part of what either has.

    >>> jaccard(shingle_set("a b c d e f"), shingle_set("a  b c\\nd e g"))
    0.3333333333333333
    """
    import numpy as np

    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)


def _tokens(data: bytes, starts: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """One number a token, and which of them is the first of each text, [texts + 1]."""
    import numpy as np

    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    first = np.empty(len(data), bool)
    # A mark (2) is above anything, a word's byte (1) is above what is no word (0).
    np.greater(kinds[1:], kinds[:-1] == _WORD, out=first[1:])
    edges = starts[:-1][starts[:-1] < len(data)]
    first[edges] = kinds[edges] != _SPACE
    places = np.flatnonzero(first)
    powers, inverses = _powers(max(len(data) - 1, BLOCK).bit_length())
    running = np.zeros(len(data) + 1, np.uint64)
    terms = powers[: len(data)] * np.frombuffer(data.translate(_VALUES), np.uint8)
    np.cumsum(terms, out=running[1:])
    sums = np.diff(running[np.append(places, len(data))])
    sums *= inverses[places]
    return _mixed(sums), np.searchsorted(places, starts)


def _padded(
    tokens: NDArray[np.uint64], begins: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    import numpy as np

    lacking = np.maximum(SHINGLE - np.diff(begins), 0)
    if not lacking.any():
        return tokens, begins
    padded = np.insert(tokens, np.repeat(begins[1:], lacking), np.uint64(_NOTHING))
    return padded, begins + np.concatenate([[0], np.cumsum(lacking)])


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The numbers with their bits stirred, in place; no two become one."""
    import numpy as np

    half = numbers >> np.uint64(32)
    numbers ^= half
    numbers *= np.uint64(_MIX)
    np.right_shift(numbers, np.uint64(32), out=half)
    numbers ^= half
    return numbers


@lru_cache(maxsize=2)
def _powers(bits: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The first 2^bits powers of the base, and their inverses."""
    import numpy as np

    tables = []
    for base in (_BASE, pow(_BASE, -1, _MODULUS)):
        table = np.ones(1 << bits, np.uint64)
        for bit in range(bits):
            size = 1 << bit
            np.multiply(
                table[:size], np.uint64(pow(base, size, _MODULUS)), out=table[size : 2 * size]
            )
        tables.append(table)
    return tables[0], tables[1]
