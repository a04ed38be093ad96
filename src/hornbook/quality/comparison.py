"""Which embedder with which classifier? Chosen by nested cross-validation (Varma and Simon 2006).

A choice among many is flattered by the figures that it was made on. So every outer fold, which holds
whole distributions, is judged by the pair that did best on folds within the others; what that gives
is an honest figure for "the best of these", whichever it is. The pair that is kept is the one that
does best on the outer folds, fitted on everything.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hornbook.embed import Embedder
from hornbook.quality.annotations import Excerpt
from hornbook.quality.config import Classifying, QualitySettings
from hornbook.quality.validation import (
    Folds,
    Metric,
    Validation,
    check_judged,
    folds_of,
    out_of_fold,
    ranking,
    spearman,
    validation_of,
)
from hornbook.quality.vectors import Means, vectors_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]

OnDone = Callable[[int, int], None]
Pair = tuple[str, Classifying]


@dataclass(frozen=True)
class Compared:
    """A pair of embedder and classifier, judged on the outer folds."""

    embedder: str
    classifier: str
    metrics: list[Metric]
    """Spearman and AUC."""
    chosen: int
    """Outer folds whose inner folds chose it."""


@dataclass(frozen=True)
class Effort:
    """What an embedder's vectors cost."""

    embedder: str
    dimension: int
    seconds: float
    megabytes: float

    def sentence(self) -> str:
        pace = self.megabytes / max(self.seconds, 1e-9)
        return f"{self.embedder}: {self.dimension:,} numbers, {self.seconds:.2f} s, {pace:.3g} MB/s"


@dataclass(frozen=True)
class Embedded:
    """An embedder with the vectors of the judged texts."""

    embedder: Embedder
    vectors: Vectors
    effort: Effort

    @classmethod
    def of(cls, name: str, texts: Sequence[str], means: Means) -> Embedded:
        embedder, started = means.make(name), time.perf_counter()
        vectors = vectors_of(embedder, texts, means)
        seconds = time.perf_counter() - started
        size = sum(len(text.encode("utf-8", "replace")) for text in texts) / 1e6
        return cls(embedder, vectors, Effort(name, embedder.dimension, seconds, size))


@dataclass(frozen=True)
class Comparison:
    """What came of it. `validation` is that of the choice, never of a single pair."""

    rows: list[Compared]
    best: Pair
    validation: Validation

    def told(self) -> dict[str, Any]:
        """For a file."""
        return {"best": list(self.best), "pairs": [asdict(row) for row in self.rows]}


def compare(
    excerpts: Sequence[Excerpt],
    embedded: dict[str, Embedded],
    settings: QualitySettings,
    how: tuple[int, int],
    on_done: OnDone = lambda done, total: None,
) -> Comparison:
    """Judge every pair of `settings.candidates`; `embedded` has each embedder by its setting.

    Raises `SourceError` where nothing can be learnt.
    """
    import numpy as np

    check_judged(excerpts, settings)
    outer = folds_of([e.annotation.distribution for e in excerpts], settings.folds)
    work = _Work(excerpts, embedded, settings, how, on_done)
    on_outer = {pair: work.predicted(pair, outer) for pair in work.pairs}
    predicted, chosen = np.zeros(len(excerpts)), Counter[Pair]()
    for learn, judge in outer:
        pair = work.best_of(learn)
        chosen[pair] += 1
        predicted[judge] = on_outer[pair][judge]
    rows = [
        Compared(*pair, ranking(excerpts, found, settings, how[0]), chosen[pair])
        for pair, found in on_outer.items()
    ]
    best = max(work.pairs, key=lambda pair: _figure(on_outer[pair], excerpts))
    return Comparison(rows, best, validation_of(excerpts, predicted, outer, settings, how[0]))


class _Work:
    """Fits of every pair on any folds, counted."""

    def __init__(
        self,
        excerpts: Sequence[Excerpt],
        embedded: dict[str, Embedded],
        settings: QualitySettings,
        how: tuple[int, int],
        on_done: OnDone,
    ) -> None:
        self.pairs = settings.candidates
        self._excerpts, self._embedded, self._settings, self._how = (
            excerpts,
            embedded,
            settings,
            how,
        )
        self._on_done, self._done = on_done, 0
        self._total = len(self.pairs) * settings.folds * (1 + settings.inner_folds)

    def predicted(self, pair: Pair, folds: Folds, rows: list[int] | None = None) -> Floats:
        """Predictions for the excerpts `rows` by fits on the other folds of them."""
        embedder, classifier = self._embedded[pair[0]], pair[1]
        rows = list(range(len(self._excerpts))) if rows is None else rows
        settings = self._settings.model_copy(update={"classifier": classifier})
        judged = [self._excerpts[row] for row in rows], embedder.vectors[rows]
        return out_of_fold(judged, embedder.embedder, settings, folds, self._how, self._one_more)

    def best_of(self, learn: list[int]) -> Pair:
        """The pair that does best on folds of these excerpts; the first of equals."""
        excerpts = [self._excerpts[row] for row in learn]
        groups = [excerpt.annotation.distribution for excerpt in excerpts]
        if len(set(groups)) < 2:
            return self.pairs[0]
        inner = folds_of(groups, self._settings.inner_folds)
        figures = [_figure(self.predicted(pair, inner, learn), excerpts) for pair in self.pairs]
        return self.pairs[figures.index(max(figures))]

    def _one_more(self, done: int, total: int) -> None:
        self._done += 1
        self._on_done(min(self._done, self._total), self._total)


def _figure(predicted: Floats, excerpts: Sequence[Excerpt]) -> float:
    import numpy as np

    found = spearman(predicted, np.array([e.annotation.score for e in excerpts]))
    return -2.0 if found is None else found
