"""Many texts cut into words and marks at once, by array operations: no parser, no token objects.

The texts lie one after another in one array of bytes. A regular expression finds strings, comments
and docstrings, for those alone must be read in order; all else is found by comparing each byte with
its neighbours. What is wrong for Python is cut all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.int64]
    Hashes = NDArray[np.uint64]
    Flags = NDArray[np.bool_]

CODE, STRING, COMMENT, DOCSTRING = range(4)
"""What a byte belongs to. Any string in three quotes counts as a docstring."""

CODES = slice(CODE, CODE + 1)
PROSE = slice(COMMENT, DOCSTRING + 1)
"""Regions together."""

_REGIONS = re.compile(
    rb'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+(?:"""|\\?\Z)'
    rb"|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+(?:'''|\\?\Z)"
    rb"|\#[^\n]*+"
    rb'|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+(?:["\n]|\\?\Z)'
    rb"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+(?:['\n]|\\?\Z)",
    re.DOTALL,
)
"""Nothing is tried twice (possessive repetition), so that no text can make it slow."""
_FACTOR = 0x9E3779B97F4A7C15
"""Odd, so that it can be divided by modulo 2^64."""
_SPACE, _WORD, _MARK = range(3)


@dataclass(frozen=True)
class Words:
    """Runs of letters, digits and underscores (or parts of them), in the order of the bytes."""

    start: Places
    end: Places
    hash: Hashes
    text: Places
    """[words], which text a word stands in."""
    region: Bytes

    def __len__(self) -> int:
        return len(self.start)

    def where(self, chosen: Flags) -> Words:
        return Words(
            self.start[chosen],
            self.end[chosen],
            self.hash[chosen],
            self.text[chosen],
            self.region[chosen],
        )


@dataclass(frozen=True)
class Regions:
    """The strings, comments and docstrings of all texts."""

    start: Places
    end: Places
    kind: Bytes


class Lexed:
    """A few hundred texts, cut. Equal texts give equal cuts, whatever their neighbours.

    >>> lexed = Lexed(["total = 1  # the_sum", "f('x')"])
    >>> [bytes(lexed.data[a:b]).decode() for a, b in zip(lexed.words.start, lexed.words.end)]
    ['total', '1', 'the_sum', 'f', 'x']
    >>> lexed.words.text.tolist(), lexed.words.region.tolist()
    ([0, 0, 0, 1, 1], [0, 0, 2, 0, 1])
    """

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np

        raw = [text.encode("utf-8", "replace") for text in texts]
        self.texts = len(raw)
        self.data: Bytes = np.frombuffer(b"".join(part + b"\n" for part in raw), np.uint8)
        sizes = np.array([len(part) + 1 for part in raw], np.int64)
        self.edges: Places = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        """[texts + 1], where each text begins; each ends with a line end."""
        self.regions = self._cut(raw)
        self.region: Bytes = _painted(self.regions, len(self.data))
        """[bytes], one of `CODE`, `STRING`, `COMMENT`, `DOCSTRING`."""
        self.kind: Bytes = _tables()[0][self.data]

    def _cut(self, raw: Sequence[bytes]) -> Regions:
        return _regions(raw, self.data, self.edges)

    @cached_property
    def solid(self) -> Places:
        """Places of bytes that are no white space."""
        import numpy as np

        return np.flatnonzero(self.data > 32)

    @cached_property
    def rank(self) -> NDArray[np.int32]:
        """[bytes + 1], how many solid bytes stand before each: the number of the next one."""
        import numpy as np

        found = np.zeros(len(self.data) + 1, np.int32)
        np.cumsum(self.data > 32, out=found[1:])
        return found

    @cached_property
    def words(self) -> Words:
        import numpy as np

        edge = np.flatnonzero(self.kind[1:] != self.kind[:-1]) + 1
        starts = np.concatenate([np.zeros(1, np.int64), edge])
        ends = np.append(edge, len(self.data))
        word = self.kind[starts] == _WORD
        return self._words(self.data, starts[word], ends[word])

    @cached_property
    def subwords(self) -> Words:
        """The parts of `parse_HTTPHeader`: cut at underscores and before capitals, in lower case."""
        import numpy as np

        _, lower, capital, small = _tables()
        inside = (self.kind == _WORD) & (self.data != ord("_"))
        cut = np.ones(len(self.data), bool)
        cut[1:] = (inside[1:] != inside[:-1]) | (capital[self.data[1:]] & small[self.data[:-1]])
        starts = np.flatnonzero(cut)
        ends = np.append(starts[1:], len(self.data))
        chosen = inside[starts]
        return self._words(lower[self.data], starts[chosen], ends[chosen])

    def _words(self, data: Bytes, starts: Places, ends: Places) -> Words:
        return Words(
            starts, ends, run_hashes(data, starts, ends), self.text_of(starts), self.region[starts]
        )

    def text_of(self, places: Places) -> Places:
        """Which text each place lies in; places ascend."""
        import numpy as np

        counts = np.diff(np.searchsorted(places, self.edges))
        return np.repeat(np.arange(self.texts), counts)

    def per_text(
        self, texts: Places, weights: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """How often each text is named, or the sum of its weights, [texts]."""
        import numpy as np

        found: NDArray[np.float64] = np.bincount(texts, weights, self.texts).astype(np.float64)
        return found

    @cached_property
    def histogram(self) -> NDArray[np.int64]:
        """How often each byte stands in each region of each text, [texts, regions, 256]."""
        import numpy as np

        keys = np.repeat(np.arange(0, self.texts * 1024, 1024), np.diff(self.edges))
        keys += self.region.astype(np.int64) << 8
        keys += self.data
        return np.bincount(keys, minlength=self.texts * 1024).reshape(-1, 4, 256)

    def count_bytes(self, marks: bytes, regions: slice = slice(None)) -> NDArray[np.float64]:
        """How many bytes of each text are one of `marks`, [texts]."""
        chosen = self.histogram[:, regions, list(marks)]
        found: NDArray[np.float64] = chosen.sum(axis=(1, 2)).astype(float)
        return found


def run_hashes(data: Bytes, starts: Places, ends: Places) -> Hashes:
    """A well-mixed 64-bit number for each run of bytes; equal runs give equal numbers."""
    import numpy as np

    powers, inverses = _powers(1 << max(len(data) + 1, 2).bit_length())
    total = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * powers[: len(data)], out=total[1:])
    return mixed((total[ends] - total[starts]) * inverses[starts])


def among(values: Bytes, marks: bytes) -> Flags:
    """Which bytes are one of `marks`."""
    import numpy as np

    table = np.zeros(256, bool)
    table[list(marks)] = True
    found: Flags = table[values]
    return found


def hash_of(word: str) -> int:
    """What `run_hashes` gives for this word alone.

    >>> lexed = Lexed(["a while"])
    >>> int(lexed.words.hash[1]) == hash_of("while")
    True
    """
    import numpy as np

    data = np.frombuffer(word.encode(), np.uint8)
    return int(run_hashes(data, np.array([0]), np.array([len(data)]))[0])


def mixed(values: Hashes) -> Hashes:
    """Each bit of the outcome depends on all bits (the finalizer of MurmurHash3)."""
    import numpy as np

    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xFF51AFD7ED558CCD)
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


@lru_cache(maxsize=4)
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """The factor's powers and their inverses modulo 2^64."""
    import numpy as np

    found = []
    for factor in (_FACTOR, pow(_FACTOR, -1, 2**64)):
        powers = np.full(count, factor, np.uint64)
        powers[0] = 1
        found.append(np.multiply.accumulate(powers))
    return found[0], found[1]


@lru_cache(maxsize=1)
def _tables() -> tuple[Bytes, Bytes, Flags, Flags]:
    """For each byte: its kind, itself in lower case, whether a capital, whether it precedes one
    that begins a new part."""
    import numpy as np

    kind, lower = np.zeros(256, np.uint8), np.arange(256, dtype=np.uint8)
    capital, small = np.zeros(256, bool), np.zeros(256, bool)
    kind[33:127] = _MARK
    for low, high in (("0", "9"), ("A", "Z"), ("a", "z"), ("_", "_")):
        kind[ord(low) : ord(high) + 1] = _WORD
    kind[128:] = _WORD
    lower[ord("A") : ord("Z") + 1] += 32
    capital[ord("A") : ord("Z") + 1] = True
    small[ord("a") : ord("z") + 1] = small[ord("0") : ord("9") + 1] = True
    return kind, lower, capital, small


def _regions(raw: Sequence[bytes], data: Bytes, edges: Places) -> Regions:
    import numpy as np

    spans = [[match.span() for match in _REGIONS.finditer(part)] for part in raw]
    counts = [len(each) for each in spans]
    flat = np.array([span for each in spans for span in each], np.int64).reshape(-1, 2)
    flat += np.repeat(edges[:-1], counts)[:, None]
    start, end = flat[:, 0], flat[:, 1]
    padded = np.append(data, np.zeros(2, np.uint8))
    first = padded[start]
    thrice = (padded[start + 1] == first) & (padded[start + 2] == first) & (end - start > 2)
    kind = np.where(first == ord("#"), COMMENT, np.where(thrice, DOCSTRING, STRING))
    return Regions(start, end, kind.astype(np.uint8))


def _painted(regions: Regions, size: int) -> Bytes:
    import numpy as np

    change = np.zeros(size + 1, np.int8)
    # Regions don't overlap, but one may begin where another ends.
    np.add.at(change, regions.start, regions.kind.astype(np.int8))
    np.subtract.at(change, regions.end, regions.kind.astype(np.int8))
    return np.cumsum(change[:-1], dtype=np.int8).astype(np.uint8)
