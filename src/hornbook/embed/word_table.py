"""A set of known words, looked up by hash: a few array reads a word instead of a binary search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hornbook.embed.lexer import hash_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROOM = 8
"""Slots a word at least, so that few words meet in one."""


class WordTable:
    """Numbers the hashes it was made of, in their order.

    >>> import numpy as np
    >>> table = WordTable.of(["spam", "egg"])
    >>> table.numbers(np.array([hash_of("egg"), hash_of("ham")], np.uint64)).tolist()
    [1, -1]
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        import numpy as np

        size = 1 << max(_ROOM * len(hashes), 2).bit_length()
        self._words = len(hashes)
        self._mask = np.uint64(size - 1)
        self._hashes = np.zeros(size, np.uint64)
        self._numbers = np.full(size, -1, np.int32)
        for number, value in enumerate(hashes.tolist()):
            slot = value & (size - 1)
            while self._numbers[slot] >= 0 and self._hashes[slot] != value:
                slot = (slot + 1) & (size - 1)
            if self._numbers[slot] < 0:
                self._hashes[slot], self._numbers[slot] = value, number

    def __len__(self) -> int:
        return self._words

    @classmethod
    def of(cls, words: Iterable[str]) -> WordTable:
        """Of words as they are spelt; the first of two equal ones gives the number."""
        import numpy as np

        return cls(np.array([hash_of(word) for word in words], np.uint64))

    def numbers(self, hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
        """The number of each hash, -1 for one that is not in the table."""
        import numpy as np

        slots = (hashes & self._mask).astype(np.int64)
        found = np.where(self._hashes[slots] == hashes, self._numbers[slots], -1)
        # A slot that another word holds: look into the next ones.
        left = np.flatnonzero((found < 0) & (self._numbers[slots] >= 0))
        slots = slots[left]
        while len(left):
            slots = (slots + 1) & int(self._mask)
            same = self._hashes[slots] == hashes[left]
            found[left[same]] = self._numbers[slots[same]]
            goes_on = ~same & (self._numbers[slots] >= 0)
            left, slots = left[goes_on], slots[goes_on]
        return found
