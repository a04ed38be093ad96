"""Exact overlap of word n-grams: an index of few texts, scanned by many (phi-1 5).

The index knows the words of the indexed texts only; any other word breaks a run. Hashes find
candidates and the words themselves decide, so a collision can't accuse anyone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(r"[^\W\d_]+|\d+")
_BASE = 0x9E3779B97F4A7C15


def words(text: str) -> list[str]:
    """Lower-case runs of letters, and numbers; an identifier gives its parts.

    >>> words("def find_max(values2):")
    ['def', 'find', 'max', 'values', '2']
    """
    return _WORD.findall(text.lower())


@dataclass
class NgramIndex:
    """The n-grams of a set of named texts.

    An n-gram counts only if at least `min_letters` of its words have letters: a list of the first
    numbers, or a row of a calendar, stands in half of all programs and accuses nobody.

    >>> index = NgramIndex(n=3, min_letters=2)
    >>> index.add("t1", "return the largest of all")
    >>> index.freeze().scan("It will Return the largest one")
    {'t1': (1, 'return the largest')}
    """

    n: int = 13
    min_letters: int = 6
    vocabulary: dict[str, int] = field(default_factory=dict)
    owners: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    _keys: NDArray[np.uint64] | None = None

    def add(self, name: str, text: str) -> None:
        """Index `text`. A text of fewer than n words gives no n-gram."""
        sequence = words(text)
        for word in sequence:
            self.vocabulary.setdefault(word, len(self.vocabulary) + 1)
        for gram in self._grams(sequence):
            self.owners.setdefault(gram, set()).add(name)

    def freeze(self) -> NgramIndex:
        """Prepare for scanning; call once after the last `add`."""
        import numpy as np

        hashes = [self._hashes(self._ids(list(gram)))[0] for gram in self.owners]
        self._keys = np.unique(np.array(hashes, dtype=np.uint64))
        return self

    def scan(self, text: str) -> Mapping[str, tuple[int, str]]:
        """For every indexed text that shares n-grams: how many, and the first of them."""
        import numpy as np

        if self._keys is None:
            raise RuntimeError("freeze() the index before scanning")
        sequence = words(text)
        if len(sequence) < self.n or not len(self._keys):
            return {}
        ids = self._ids(sequence)
        hashes = self._hashes(ids)
        places = np.searchsorted(self._keys, hashes)
        places[places == len(self._keys)] = 0
        found: dict[str, tuple[int, str]] = {}
        for start in np.flatnonzero(self._keys[places] == hashes):
            gram = tuple(sequence[start : start + self.n])
            for name in sorted(self.owners.get(gram, ())):
                count, first = found.get(name, (0, " ".join(gram)))
                found[name] = (count + 1, first)
        return found

    def _grams(self, sequence: list[str]) -> Iterator[tuple[str, ...]]:
        for start in range(len(sequence) - self.n + 1):
            gram = tuple(sequence[start : start + self.n])
            if sum(not word.isdigit() for word in gram) >= self.min_letters:
                yield gram

    def _ids(self, sequence: list[str]) -> NDArray[np.uint64]:
        import numpy as np

        known = self.vocabulary
        return np.fromiter((known.get(word, 0) for word in sequence), np.uint64, len(sequence))

    def _hashes(self, ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """A polynomial hash of each window of n word ids (wrapping on purpose)."""
        import numpy as np

        mixed = ids * np.uint64(_BASE) ^ (ids << np.uint64(21))
        total = np.zeros(len(ids) - self.n + 1, dtype=np.uint64)
        for offset in range(self.n):
            total = total * np.uint64(_BASE | 1) + mixed[offset : offset + len(total)]
        return total
