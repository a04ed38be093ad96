"""Which tokens are learnt when: a pure function of (seed, sequence number).

A mixture's tables are read side by side, each in its own shuffled order of documents, again and
again. Sequence i is a window of the stream, so the loader has no state but i: any number of
processes sees the same data, and resuming is counting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from hornbook.randomness import seed_for
from hornbook.tokens.packed import Packed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Mixture:
    """Packed tables and the share of the tokens seen that comes from each."""

    tables: Mapping[str, Packed]
    shares: Mapping[str, float]

    def schedule(self, sequences: int) -> list[tuple[str, int]]:
        """For each sequence of the phase: its table, and its number within that table.

        Shares are met as evenly as whole sequences allow, at every moment of the phase.
        """
        names = sorted(self.shares)
        total = sum(self.shares.values())
        taken = dict.fromkeys(names, 0)
        plan = []
        for number in range(1, sequences + 1):
            # The table that is furthest behind its share; ties by name.
            name = max(names, key=lambda n: self.shares[n] / total * number - taken[n])
            plan.append((name, taken[name]))
            taken[name] += 1
        return plan


@dataclass
class Batches:
    """Sequences of `context` + 1 tokens (inputs and targets overlap by one)."""

    mixture: Mixture
    context: int
    seed: int
    sequences: int
    """How many the phase reads in all."""
    _plan: list[tuple[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self._plan = self.mixture.schedule(self.sequences)

    def sequence(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(tokens [context + 1], learn [context]): sequence `number` of the phase.

        `learn` is False where the target belongs to a document's prompt.
        """
        name, index = self._plan[number]
        return self._window(name, index * self.context)

    def _window(self, name: str, position: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        import numpy as np

        table = self.mixture.tables[name]
        size = len(table.tokens)
        tokens = np.empty(self.context + 1, dtype=np.int64)
        learn = np.empty(self.context + 1, dtype=np.bool_)
        filled = 0
        while filled <= self.context:
            epoch, offset = divmod(position + filled, size)
            stream, wanted = self._epoch(name, epoch)
            piece = stream[offset : offset + self.context + 1 - filled]
            tokens[filled : filled + len(piece)] = piece
            learn[filled : filled + len(piece)] = wanted[offset : offset + len(piece)]
            filled += len(piece)
        return tokens, learn[1:]

    def _epoch(self, name: str, epoch: int) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
        return _shuffled(
            self.mixture.tables[name].digest, epoch, self.seed, _Hidden(self.mixture.tables[name])
        )


@dataclass(frozen=True, eq=False)
class _Hidden:
    """A table as an argument that the cache below does not look at."""

    table: Packed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hidden)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=8)
def _shuffled(
    digest: str, epoch: int, seed: int, hidden: _Hidden
) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """The whole table with its documents in the order of one epoch: every token exactly once."""
    import numpy as np

    table = hidden.table
    random = np.random.default_rng(seed_for(seed, "order", digest, epoch))
    order = random.permutation(table.documents)
    lengths = np.diff(table.offsets)[order]
    # Positions of the shuffled stream in the file: each document's first, then count up.
    firsts = np.repeat(
        table.offsets[:-1][order] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths
    )
    positions = firsts + np.arange(int(lengths.sum()))
    within = positions - np.repeat(table.offsets[:-1][order], lengths)
    learn = within >= np.repeat(table.starts[order], lengths)
    return np.asarray(table.tokens)[positions], learn
