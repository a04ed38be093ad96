"""Whether new texts are like those that were judged; a filter knows nothing of others.

A text's distance is that to the nearest judged excerpt. Judged excerpts themselves show what is
usual: each one's distance to the nearest of another distribution. A text that is further away than
nineteen of twenty of them is unlike what was judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]

USUAL = 0.95
ALARM = 0.2
"""Share of unlike texts from which something should be done; 0.05 is what is expected."""
_FURTHEST = 4.0


@dataclass(frozen=True)
class Drift:
    """How many of the texts looked at are unlike all judged ones."""

    texts: int
    unlike: int

    @property
    def share(self) -> float:
        return self.unlike / max(self.texts, 1)

    @property
    def alarming(self) -> bool:
        return self.texts > 0 and self.share > ALARM

    def sentence(self) -> str:
        """For people: what was seen, and what to do."""
        seen = f"{self.share:.0%} of {self.texts:,} texts looked at are unlike all judged excerpts"
        if not self.alarming:
            return f"{seen}; about 5% is usual"
        return f"{seen} (5% is usual): their scores are guesses; annotate some of them"


def drift(judged: Vectors, groups: Sequence[str], texts: Vectors) -> Drift:
    """`judged` is [judged, dimension] with a group each, `texts` [texts, dimension]."""
    import numpy as np

    middle, spread = judged.mean(axis=0, dtype=np.float64), judged.std(axis=0, dtype=np.float64)
    spread = np.where(spread > 1e-6, spread, np.inf)

    def standard(rows: Vectors) -> Floats:
        found: Floats = np.clip((rows - middle) / spread, -_FURTHEST, _FURTHEST)
        return found

    own, names = standard(judged), np.asarray(groups)
    between = _distances(own, own)
    between[names[:, None] == names] = np.inf
    usual = between.min(axis=1)
    usual = usual[np.isfinite(usual)]
    if not len(texts) or not len(usual):
        return Drift(0, 0)
    line = float(np.quantile(usual, USUAL))
    return Drift(len(texts), int((_distances(standard(texts), own).min(axis=1) > line).sum()))


def _distances(rows: Floats, others: Floats) -> Any:
    """Squared, [rows, others]."""
    import numpy as np

    found = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * (rows @ others.T)
    return np.maximum(found, 0)
