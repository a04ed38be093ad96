"""A Gaussian process on embeddings (Rasmussen and Williams 2006, algorithm 2.1).

It says how sure it is as well, which tells an annotator what to look at next. With a few hundred
judgements it ranks better than trees: docs/decisions has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from hornbook.embed import one_thread
from hornbook.quality.standard import scale_of, squared_distances, standard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hornbook.quality.config import QualitySettings

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]

_BLOCK = 64
"""Texts at a time, the last ones filled up: libraries of linear algebra round by the size of a
matrix, and a text's score must not depend on its neighbours."""


@dataclass(frozen=True)
class GaussianProcess:
    """Scores from the likeness to judged excerpts, each number of a vector counting alike."""

    kind: ClassVar[str] = "gaussian-process"

    middle: Floats
    """[dimension], the judged excerpts' mean."""
    spread: Floats
    """[dimension], their standard deviation."""
    judged: Vectors
    """[judged, dimension], their vectors in standard deviations from the mean."""
    weights: Floats
    """[judged], what likeness to each adds to a score."""
    about: Floats
    """[mean score, variance of the scores, noise as a share of it]"""

    def predict(self, vectors: Vectors) -> Floats:
        """Scores, [texts], from vectors, [texts, dimension]."""
        return self._through(vectors, lambda a: (a * self.weights).sum(axis=1) + self.about[0])

    def doubt(self, vectors: Vectors) -> Floats:
        """The standard deviation of each score, the teacher's own noise left out, [texts]."""
        import numpy as np

        def spread(likeness: Floats) -> Floats:
            explained = ((likeness @ self._inverse) * likeness).sum(axis=1)
            found: Floats = np.sqrt(np.maximum(1 - explained, 0) * self.about[1])
            return found

        return self._through(vectors, spread)

    @cached_property
    def _inverse(self) -> Floats:
        import numpy as np

        own = likeness_of(self.judged.astype(np.float64), self.judged.astype(np.float64))
        inverse: Floats = np.linalg.inv(own + self.about[2] * np.eye(len(own)))
        return inverse

    def _through(self, vectors: Vectors, figure: Figure) -> Floats:
        import numpy as np

        judged, found = self.judged.astype(np.float64), np.zeros(len(vectors))
        with one_thread():
            for start in range(0, len(vectors), _BLOCK):
                part = vectors[start : start + _BLOCK]
                rows = np.zeros((_BLOCK, vectors.shape[1]))
                rows[: len(part)] = standard(part, self.middle, self.spread)
                found[start : start + len(part)] = figure(likeness_of(rows, judged))[: len(part)]
        return found

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        return {
            "middle": self.middle,
            "spread": self.spread,
            "judged": self.judged,
            "weights": self.weights,
            "about": self.about,
        }

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[np.generic]]) -> GaussianProcess:
        """Raises `ValueError` where the arrays don't fit each other, `KeyError` where one lacks."""
        import numpy as np

        made = cls(
            middle=tensors["middle"].astype(np.float64),
            spread=tensors["spread"].astype(np.float64),
            judged=tensors["judged"].astype(np.float32),
            weights=tensors["weights"].astype(np.float64),
            about=tensors["about"].astype(np.float64),
        )
        width = made.judged.shape[-1]
        shapes = {
            "middle": (width,), "spread": (width,), "weights": (len(made.judged),), "about": (3,)
        }  # fmt: skip
        if made.judged.ndim != 2 or any(getattr(made, n).shape != s for n, s in shapes.items()):
            raise ValueError("its arrays do not fit each other")
        return made

    @property
    def dimension(self) -> int:
        return int(self.judged.shape[1])


def fit_process(
    vectors: Vectors, scores: Sequence[float], settings: QualitySettings
) -> GaussianProcess:
    """The process for judged excerpts; `vectors` is [judged, dimension]."""
    import numpy as np

    targets = np.asarray(scores, np.float64)
    middle, spread = scale_of(vectors)
    judged = standard(vectors, middle, spread).astype(np.float32)
    rows = judged.astype(np.float64)
    alike = likeness_of(rows, rows) + settings.noise * np.eye(len(rows))
    weights = np.linalg.solve(alike, targets - targets.mean())
    about = np.array([targets.mean(), targets.var(), settings.noise])
    return GaussianProcess(middle, spread, judged, weights, about)


def likeness_of(rows: Floats, others: Floats) -> Floats:
    """exp(-d^2 / 2n) for the distance d of two vectors of n numbers, [rows, others]."""
    import numpy as np

    likeness: Floats = np.exp(-0.5 * squared_distances(rows, others) / rows.shape[1])
    return likeness


if TYPE_CHECKING:
    from collections.abc import Callable

    Figure = Callable[[Floats], Floats]
