"""How far the filter can be trusted on distributions it never saw: ranks, and probabilities.

Folds hold whole distributions, for files of one project resemble each other, and a filter that
knows the project looks better than it is. Intervals resample whole distributions too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hornbook.embed import Embedder
from hornbook.errors import SourceError
from hornbook.quality.annotations import Excerpt
from hornbook.quality.config import QualitySettings
from hornbook.quality.filter import fit_filter
from hornbook.randomness import seed_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Folds = Sequence[tuple[list[int], list[int]]]
"""(learn from, judge): numbers of excerpts."""

BINS = 8
CEILING = "The most that a filter can reach: the square root of that"


@dataclass(frozen=True)
class Metric:
    """A figure with its 95% interval; None where it can't be had."""

    name: str
    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """From a score to the chance that the teacher gives `worth` or more (Platt 1999).

    >>> round(float(Curve(slope=2.0, offset=-6.0).probability(3.0)), 2)
    0.5
    """

    slope: float
    offset: float

    def probability(self, scores: Any) -> Any:
        import numpy as np

        return 1 / (1 + np.exp(-(self.slope * scores + self.offset)))


@dataclass(frozen=True)
class Validation:
    """What was predicted for each excerpt by a filter that knew nothing of its distribution."""

    fold: list[int]
    predicted: list[float]
    probability: list[float]
    """That the teacher gives `worth` or more."""
    metrics: list[Metric]
    reliability: list[dict[str, float | int]]
    curve: Curve
    """Fitted on all predictions, for scores of texts that nobody judged."""


def validate(
    excerpts: Sequence[Excerpt],
    embedder: Embedder,
    vectors: NDArray[np.float32],
    settings: QualitySettings,
    how: tuple[int, int],
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> Validation:
    """Cross-validate by distribution. `how` is (seed, workers); `vectors` are the embedder's.

    Raises `SourceError` where excerpts of fewer than two distributions, or none on one side of
    `worth`, are at hand.
    """
    check_judged(excerpts, settings)
    folds = folds_of([e.annotation.distribution for e in excerpts], settings.folds)
    predicted = out_of_fold((excerpts, vectors), embedder, settings, folds, how, on_done)
    return validation_of(excerpts, predicted, folds, settings, how[0])


def check_judged(excerpts: Sequence[Excerpt], settings: QualitySettings) -> None:
    """Raises `SourceError` where nothing can be learnt."""
    import numpy as np

    groups = [e.annotation.distribution for e in excerpts]
    worth = np.array([e.annotation.score for e in excerpts]) >= settings.worth
    if len(set(groups)) < 2 or worth.all() or not worth.any():
        raise SourceError(
            f"quality: {len(excerpts)} usable annotations from {len(set(groups))} distributions,"
            f" {int(worth.sum())} of them {settings.worth:g} or more: nothing can be learnt from one kind;"
            " annotate more, or read more of the annotated distributions"
        )


def out_of_fold(
    judged: tuple[Sequence[Excerpt], NDArray[np.float32]],
    embedder: Embedder,
    settings: QualitySettings,
    folds: Folds,
    how: tuple[int, int],
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> Floats:
    """What is predicted for each excerpt, [excerpts], by a filter fitted on the other folds alone.
    `judged` is the excerpts with their vectors."""
    import numpy as np

    excerpts, vectors = judged
    scores, predicted = [e.annotation.score for e in excerpts], np.zeros(len(excerpts))
    for number, (learn, judge) in enumerate(folds):
        texts, own = [excerpts[row].text for row in learn], [scores[row] for row in learn]
        fitted = fit_filter(embedder, vectors[learn], texts, own, settings, how)
        predicted[judge] = fitted.judge(vectors[judge], [excerpts[row].text for row in judge])
        on_done(number + 1, len(folds))
    return predicted


def validation_of(
    excerpts: Sequence[Excerpt],
    predicted: Floats,
    folds: Folds,
    settings: QualitySettings,
    seed: int,
) -> Validation:
    """How good predictions are that were made without knowing the excerpt's distribution."""
    import numpy as np

    worth = np.array([e.annotation.score for e in excerpts]) >= settings.worth
    fold = np.zeros(len(excerpts), int)
    for number, (_, judge) in enumerate(folds):
        fold[judge] = number
    probability = _calibrated(predicted, worth, fold)
    metrics = _metrics(excerpts, predicted, probability, settings, seed)
    return Validation(
        fold.tolist(),
        predicted.tolist(),
        probability.tolist(),
        metrics,
        reliability(probability, worth),
        _curve(predicted, worth),
    )


def predictions(
    excerpts: Sequence[Excerpt], validation: Validation, group: str
) -> list[dict[str, Any]]:
    """For people: each judged text, what the teacher and what the filter said. `group` names the
    column of the distribution."""
    columns = zip(
        excerpts, validation.fold, validation.predicted, validation.probability, strict=True
    )
    return [
        {
            "id": excerpt.annotation.id,
            group: excerpt.annotation.distribution,
            "score": excerpt.annotation.score,
            "fold": fold,
            "predicted": round(predicted, 6),
            "probability": round(probability, 6),
        }
        for excerpt, fold, predicted, probability in columns
    ]


def folds_of(groups: Sequence[str], folds: int) -> list[tuple[list[int], list[int]]]:
    """(learn from, judge) pairs of row numbers; no group stands on both sides.

    >>> folds_of(["a", "b", "a", "b"], 2)
    [([1, 3], [0, 2]), ([0, 2], [1, 3])]
    """
    from sklearn.model_selection import GroupKFold

    count = min(folds, len(set(groups)))
    split = GroupKFold(count).split(list(groups), groups=list(groups))
    return sorted(((list(map(int, a)), list(map(int, b))) for a, b in split), key=lambda p: p[1])


def _calibrated(predicted: Floats, worth: NDArray[np.bool_], fold: NDArray[np.int_]) -> Floats:
    """Scores as probabilities, by a curve fitted on all other folds."""
    import numpy as np

    found = np.zeros(len(predicted))
    for number in np.unique(fold):
        here, others = fold == number, fold != number
        if len(np.unique(worth[others])) < 2:
            found[here] = worth[others].mean()
            continue
        found[here] = _curve(predicted[others], worth[others]).probability(predicted[here])
    return found


def _curve(predicted: Floats, worth: NDArray[np.bool_]) -> Curve:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6).fit(predicted[:, None], worth)
    return Curve(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))


def ranking(
    excerpts: Sequence[Excerpt], predicted: Floats, settings: QualitySettings, seed: int
) -> list[Metric]:
    """Spearman's correlation and AUC of predictions."""
    return _metrics(excerpts, predicted, predicted.clip(0, 1), settings, seed)[:2]


def _metrics(
    excerpts: Sequence[Excerpt],
    predicted: Floats,
    probability: Floats,
    settings: QualitySettings,
    seed: int,
) -> list[Metric]:
    import numpy as np

    groups = np.array([e.annotation.distribution for e in excerpts])
    scores = np.array([e.annotation.score for e in excerpts])
    worth = (scores >= settings.worth).astype(float)
    again = np.array([np.nan if (s := e.annotation.second_score) is None else s for e in excerpts])
    twice = ~np.isnan(again)

    def measured(name: str, figure: Figure, left: Floats, right: Floats, where: Any) -> Metric:
        random = np.random.default_rng(seed_for(seed, "quality", name))
        return _with_interval(
            name, figure, left[where], right[where], (groups[where], random, settings.resamples)
        )

    rows = [
        measured("Spearman rank correlation with the teacher", spearman, predicted, scores, slice(None)),
        measured(f"AUC for a score of {settings.worth:g} or more", auc, predicted, worth, slice(None)),
        measured("Brier score (0 is best)", brier, probability, worth, slice(None)),
        measured("Expected calibration error", calibration_error, probability, worth, slice(None)),
    ]  # fmt: skip
    if twice.sum() > 2:
        name = f"The teacher with itself: Spearman, {int(twice.sum())} excerpts judged twice"
        rows.append(measured(name, spearman, scores, again, twice))
        rows.append(_ceiling(rows[-1]))
    return rows


def _ceiling(agreement: Metric) -> Metric:
    """What a filter that knew a text's worth itself would correlate with one noisy judgement of it:
    the square root of two judgements' correlation (Spearman 1904)."""

    def root(value: float | None) -> float | None:
        return None if value is None else max(value, 0.0) ** 0.5

    estimate = max(agreement.estimate, 0.0) ** 0.5
    return Metric(CEILING, estimate, root(agreement.low), root(agreement.high))


Figure = Callable[["Floats", "Floats"], "float | None"]


def _with_interval(
    name: str, figure: Figure, left: Floats, right: Floats, how: tuple[Any, Any, int]
) -> Metric:
    """The figure, and the middle 95% of it over resampled distributions."""
    import numpy as np

    groups, random, resamples = how
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    found = []
    for _ in range(resamples):
        drawn = random.integers(0, len(members), len(members))
        rows = np.concatenate([members[number] for number in drawn])
        value = figure(left[rows], right[rows])
        if value is not None:
            found.append(value)
    low, high = np.quantile(found, [0.025, 0.975]) if found else (None, None)
    whole = figure(left, right)
    return Metric(name, float("nan") if whole is None else whole, _plain(low), _plain(high))


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)


def spearman(left: Floats, right: Floats) -> float | None:
    """The correlation of ranks, ties in the middle; None where one side is all equal.

    >>> import numpy as np
    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0]))
    0.5
    """
    import numpy as np
    from scipy.stats import rankdata

    a, b = rankdata(left), rankdata(right)
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread else None


def auc(score: Floats, worth: Floats) -> float | None:
    """The chance that a text worth reading scores above one that is not.

    >>> import numpy as np
    >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]))
    0.75
    """
    from scipy.stats import rankdata

    positive = float(worth.sum())
    negative = len(worth) - positive
    if not positive or not negative:
        return None
    ranks = float(rankdata(score)[worth == 1].sum())
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def brier(probability: Floats, worth: Floats) -> float:
    return float(((probability - worth) ** 2).mean())


def calibration_error(probability: Floats, worth: Floats) -> float:
    """The mean distance between what was promised and what came true, over equal bins."""
    rows = reliability(probability, worth)
    total = sum(int(row["n"]) for row in rows)
    return sum(abs(row["predicted"] - row["observed"]) * row["n"] for row in rows) / total


def reliability(probability: Floats, worth: Any) -> list[dict[str, float | int]]:
    """Bins of equal width that are not empty: mean probability, share that came true, count."""
    import numpy as np

    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    return [
        {
            "predicted": round(float(probability[bins == number].mean()), 4),
            "observed": round(float(worth[bins == number].mean()), 4),
            "n": int((bins == number).sum()),
        }
        for number in np.unique(bins)
    ]
