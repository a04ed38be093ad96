"""Linear models on embeddings: logistic regression, and ordinal regression by binary questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hornbook.quality.standard import scale_of, standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hornbook.quality.config import QualitySettings

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Levels:
    """The expected score over levels: each row of weights gives the chance to be above one.

    With one row and the levels (0, 1) this is logistic regression; with one row for each level but
    the lowest it is ordinal regression by binary questions (Frank and Hall 2001).
    """

    kind: ClassVar[str] = "linear"

    middle: Floats
    """[dimension]"""
    spread: Floats
    weights: Floats
    """[questions, dimension]"""
    offsets: Floats
    """[questions]"""
    levels: Floats
    """[questions + 1], scores, ascending."""

    def predict(self, vectors: Vectors) -> Floats:
        """Scores, [texts], from vectors, [texts, dimension]."""
        import numpy as np

        rows = standard(vectors, self.middle, self.spread)
        scores = np.full(len(rows), self.levels[0])
        steps = np.diff(self.levels)
        for weights, offset, step in zip(self.weights, self.offsets, steps, strict=True):
            # Summed row by row, so that a text's score does not depend on its neighbours.
            scores += step / (1 + np.exp(-((rows * weights).sum(axis=1) + offset)))
        return scores

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        return {
            "middle": self.middle, "spread": self.spread, "weights": self.weights,
            "offsets": self.offsets, "levels": self.levels,
        }  # fmt: skip

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[np.generic]]) -> Levels:
        """Raises `ValueError` where the arrays don't fit each other, `KeyError` where one lacks."""
        import numpy as np

        names = ("middle", "spread", "weights", "offsets", "levels")
        made = cls(*(tensors[name].astype(np.float64) for name in names))
        width, questions = made.middle.shape, made.offsets.shape
        fits = made.spread.shape == width and made.weights.shape == (*questions, *width)
        if len(width) != 1 or not fits or made.levels.shape != (len(made.offsets) + 1,):
            raise ValueError("its arrays do not fit each other")
        return made

    @property
    def dimension(self) -> int:
        return len(self.middle)


def fit_logistic(vectors: Vectors, scores: Sequence[float], settings: QualitySettings) -> Levels:
    """One question: is the text worth reading? The answer is spread over the scale of the scores."""
    low, high = min(scores), max(scores)
    return _fit(vectors, scores, [settings.worth], [low, high], settings)


def fit_ordinal(vectors: Vectors, scores: Sequence[float], settings: QualitySettings) -> Levels:
    """A question for each level: is the text above it?"""
    levels = sorted(set(scores))
    return _fit(vectors, scores, levels[1:], levels, settings)


def _fit(
    vectors: Vectors,
    scores: Sequence[float],
    lines: Sequence[float],
    levels: Sequence[float],
    settings: QualitySettings,
) -> Levels:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    targets = np.asarray(scores, np.float64)
    middle, spread = scale_of(vectors)
    rows = standard(vectors, middle, spread)
    weights, offsets = [], []
    for line in lines:
        above = targets >= line
        if above.all() or not above.any():
            weights.append(np.zeros(rows.shape[1]))
            offsets.append(30.0 if above.all() else -30.0)
            continue
        model = LogisticRegression(C=settings.linear_strength, max_iter=2000).fit(rows, above)
        weights.append(model.coef_[0])
        offsets.append(float(model.intercept_[0]))
    return Levels(
        middle, spread, np.array(weights), np.array(offsets), np.array(levels, np.float64)
    )
