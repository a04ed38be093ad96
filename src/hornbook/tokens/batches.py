"""Which tokens are learnt when: a pure function of (seed, sequence number).

A mixture's tables are read side by side, each in its own shuffled order of documents, again and
again. Sequence i is a window of the stream, so the loader has no state but i: any number of
processes sees the same data, and resuming is counting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from hornbook.tokens.ledger import Ledger, Reading
from hornbook.tokens.mixture import Mixture
from hornbook.tokens.order import Order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ORDERS_KEPT = 2
"""Orders of a table in memory: a sequence may lie across two epochs."""


class Window(NamedTuple):
    """One sequence: `context` inputs and as many targets, one token later."""

    tokens: NDArray[np.int64]
    """[context + 1]"""
    learn: NDArray[np.bool_]
    """[context], False where the target belongs to a document's prompt."""
    documents: NDArray[np.int32]
    """[context + 1], 0 for the window's first document, 1 for its next; an end-of-text belongs to
    the document it ends."""
    table: str


@dataclass
class Batches:
    """Sequences of `context` + 1 tokens (inputs and targets overlap by one)."""

    mixture: Mixture
    context: int
    seed: int
    sequences: int
    """How many the phase reads in all."""
    _orders: dict[tuple[str, int], Order] = field(default_factory=dict, repr=False)

    def sequence(self, number: int) -> Window:
        """Sequence `number` of the phase. Raises `IndexError` beyond the phase's end."""
        if not 0 <= number < self.sequences:
            raise IndexError(f"sequence {number} of {self.sequences}")
        name, index = self.mixture.place(number)
        return self._window(name, index * self.context)

    def ledger(self, sequences: int) -> Ledger:
        """Which documents the phase's first `sequences` sequences hold, and how often."""
        if not 0 <= sequences <= self.sequences:
            raise IndexError(f"{sequences} sequences of {self.sequences}")
        return Ledger((Reading(self.mixture, self.context, self.seed, sequences),))

    def _window(self, name: str, position: int) -> Window:
        """The stream of a table, all its epochs one after another, from `position` on."""
        import numpy as np

        table, size = self.mixture.tables[name], self.context + 1
        tokens = np.empty(size, dtype=np.int64)
        learn = np.ones(size, dtype=np.bool_)
        documents = np.empty(size, dtype=np.int32)
        filled = count = 0
        epoch, offset = divmod(position, len(table))
        order = self._order(name, epoch)
        at = int(np.searchsorted(order.ends, offset, side="right"))
        while filled < size:
            if at == table.documents:
                epoch, offset, at = epoch + 1, 0, 0
                order = self._order(name, epoch)
            document, left = int(order.documents[at]), int(order.ends[at]) - offset
            end = filled + min(left, size - filled)
            first = int(table.offsets[document + 1]) - left
            tokens[filled:end] = table.read(first, end - filled)
            # What is left of the prompt from here on.
            prompt = int(table.offsets[document]) + int(table.starts[document]) - first
            learn[filled : min(end, filled + max(0, prompt))] = False
            documents[filled:end] = count
            offset, at, count, filled = offset + left, at + 1, count + 1, end
        return Window(tokens, learn[1:], documents, name)

    def _order(self, name: str, epoch: int) -> Order:
        if (name, epoch) not in self._orders:
            self._orders[name, epoch] = Order.of(self.mixture.tables[name], self.seed, epoch)
            mine = [key for key in self._orders if key[0] == name]
            for key in mine[:-ORDERS_KEPT]:
                del self._orders[key]
        return self._orders[name, epoch]
