"""Which tokens are learnt when: a pure function of (seed, sequence number).

A mixture's tables are read side by side, each in its own shuffled order of documents, again and
again. Sequence i is a window of the stream, so the loader has no state but i: any number of
processes sees the same data, and resuming is counting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from hornbook.randomness import seed_for
from hornbook.tokens.packed import Packed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ORDERS_KEPT = 8
"""Orders in memory: a sequence may lie across two epochs, and a phase reads a few tables."""


@dataclass(frozen=True)
class Mixture:
    """Packed tables and the share of the tokens seen that comes from each."""

    tables: Mapping[str, Packed]
    shares: Mapping[str, float]

    def place(self, number: int) -> tuple[str, int]:
        """The table of sequence `number` of the phase, and the sequence's number within it.

        Tables take turns as evenly as whole sequences allow, at every moment of the phase. Each
        table in turn takes its share of what the tables before it left.

        >>> mixture = Mixture({}, {"code": 3, "books": 1})
        >>> [mixture.place(n) for n in range(4)]
        [('code', 0), ('books', 0), ('code', 1), ('code', 2)]
        """
        names = sorted(self.shares)
        left = sum(Fraction(self.shares[name]) for name in names)
        for name in names[:-1]:
            share = Fraction(self.shares[name]) / left
            before = floor(number * share + Fraction(1, 2))
            if floor((number + 1) * share + Fraction(1, 2)) > before:
                return name, before
            number -= before
            left -= Fraction(self.shares[name])
        return names[-1], number


@dataclass(frozen=True)
class _Order:
    """One epoch of a table: its documents shuffled, and where each ends in the stream."""

    documents: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass
class Batches:
    """Sequences of `context` + 1 tokens (inputs and targets overlap by one)."""

    mixture: Mixture
    context: int
    seed: int
    sequences: int
    """How many the phase reads in all."""
    _orders: dict[tuple[str, int], _Order] = field(default_factory=dict, repr=False)

    def sequence(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(tokens [context + 1], learn [context]): sequence `number` of the phase.

        `learn` is False where the target belongs to a document's prompt. Raises `IndexError`
        beyond the phase's end.
        """
        if not 0 <= number < self.sequences:
            raise IndexError(f"sequence {number} of {self.sequences}")
        name, index = self.mixture.place(number)
        return self._window(name, index * self.context)

    def _window(self, name: str, position: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The stream of a table, all its epochs one after another, from `position` on."""
        import numpy as np

        table = self.mixture.tables[name]
        tokens = np.empty(self.context + 1, dtype=np.int64)
        learn = np.empty(self.context + 1, dtype=np.bool_)
        filled = 0
        while filled <= self.context:
            epoch, offset = divmod(position + filled, len(table.tokens))
            order = self._order(name, epoch)
            at = int(np.searchsorted(order.ends, offset, side="right"))
            document = int(order.documents[at])
            left = int(order.ends[at]) - offset
            size = min(left, self.context + 1 - filled)
            first = int(table.offsets[document + 1]) - left
            tokens[filled : filled + size] = table.tokens[first : first + size]
            prompt_end = int(table.offsets[document]) + int(table.starts[document])
            learn[filled : filled + size] = np.arange(first, first + size) >= prompt_end
            filled += size
        return tokens, learn[1:]

    def _order(self, name: str, epoch: int) -> _Order:
        """Every document exactly once. Kept in memory by document, not by token."""
        import numpy as np

        if (name, epoch) not in self._orders:
            table = self.mixture.tables[name]
            random = np.random.default_rng(seed_for(self.seed, "order", table.digest, epoch))
            documents = random.permutation(table.documents)
            self._orders[name, epoch] = _Order(
                documents, np.cumsum(np.diff(table.offsets)[documents])
            )
            if len(self._orders) > ORDERS_KEPT:
                del self._orders[next(iter(self._orders))]
        return self._orders[name, epoch]
