"""Which texts the teacher sees next: first spread over groups, then where the filter is in doubt.

Doubt alone would ask ten times about copies of one odd file. So the process is told of each text
as soon as it is chosen (its doubt does not depend on the score), and no group gets more than its share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hornbook.embed import one_thread
from hornbook.quality.process import GaussianProcess, likeness_of
from hornbook.quality.standard import standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

SHORTLIST = 10
"""The most doubtful so many times the texts wanted are looked at one by one."""
SHARE_OF_GROUP = 8
"""No group has more than one in so many of a batch, as long as others are left."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts that may be asked about, in an order that no name and no file favours."""

    ids: Sequence[str]
    groups: Sequence[str]
    vectors: Vectors


def spread(pool: Pool, rows: Sequence[int], wanted: int) -> list[int]:
    """One text of every group, then a second one of every group, and so on.

    >>> import numpy as np
    >>> pool = Pool("abcd", ["x", "x", "x", "y"], np.zeros((4, 1), np.float32))
    >>> spread(pool, [0, 1, 2, 3], 3)
    [0, 3, 1]
    """
    rounds: dict[str, int] = {}
    order = []
    for place, row in enumerate(rows):
        turn = rounds[pool.groups[row]] = rounds.get(pool.groups[row], 0) + 1
        order.append((turn, place, row))
    return [row for _, _, row in sorted(order)[:wanted]]


def doubtful(process: GaussianProcess, pool: Pool, rows: Sequence[int], wanted: int) -> list[int]:
    """Those of `rows` that the process knows least about, each chosen knowing those before it."""
    import numpy as np

    doubts = process.doubt(pool.vectors[list(rows)])
    # Stable, so that equal doubts stay in the pool's order.
    order = np.argsort(-doubts, kind="stable")[: SHORTLIST * wanted]
    left = [rows[number] for number in order]
    shared = _shared_doubt(process, pool.vectors[left])
    groups = np.array([pool.groups[row] for row in left])
    most = max(1, -(-wanted // SHARE_OF_GROUP))
    free, full = np.ones(len(left), bool), np.zeros(len(left), bool)
    chosen: list[int] = []
    while free.any() and len(chosen) < wanted:
        open_to = free & ~full if (free & ~full).any() else free
        number = int(np.argmax(np.where(open_to, np.diag(shared), -1.0)))
        # A judgement takes away what the others share with it (Rasmussen and Williams, A.6).
        seen = shared[number] / (shared[number, number] + process.about[2])
        shared = shared - np.outer(seen, shared[number])
        free[number] = False
        chosen.append(left[number])
        mine = groups == groups[number]
        if (mine & ~free).sum() >= most:
            full |= mine
    return chosen


def _shared_doubt(process: GaussianProcess, vectors: Vectors) -> NDArray[np.float64]:
    """The covariance of the texts' worths given what was judged, [texts, texts], of variance 1."""
    import numpy as np

    places = standard(vectors, process.middle, process.spread)
    judged = process.judged.astype(np.float64)
    with one_thread():
        own = likeness_of(judged, judged) + process.about[2] * np.eye(len(judged))
        known, all_of_them = likeness_of(places, judged), likeness_of(places, places)
        shared: NDArray[np.float64] = all_of_them - known @ np.linalg.solve(own, known.T)
    return shared
