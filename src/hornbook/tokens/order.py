"""The order of a table's documents in one epoch: a pure function of (seed, data, epoch)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hornbook.randomness import seed_for
from hornbook.tokens.packed import Packed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Order:
    """Every document exactly once. Kept in memory by document, not by token."""

    documents: NDArray[np.int64]
    """[D], numbers of the documents as they are read."""
    ends: NDArray[np.int64]
    """[D], where each of them ends in the epoch's stream of tokens."""

    @classmethod
    def of(cls, table: Packed, seed: int, epoch: int) -> Order:
        """Documents sorted by random numbers drawn for them.

        Only the generator's raw numbers are used, for numpy promises those to stay the same in all
        its versions: what a model has seen can be told years later.
        """
        import numpy as np

        drawn = np.random.PCG64(seed_for(seed, "order", table.digest, epoch)).random_raw(
            table.documents
        )
        documents = np.argsort(drawn, kind="stable")
        return cls(documents, np.cumsum(np.diff(table.offsets)[documents]))
