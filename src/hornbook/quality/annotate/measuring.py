"""How much is known after a batch of judgements, and whether another one is worth its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hornbook.embed import Embedder
from hornbook.errors import SourceError
from hornbook.quality.annotate.agreement import Pairs, with_interval
from hornbook.quality.annotations import Excerpt
from hornbook.quality.config import QualitySettings
from hornbook.quality.validation import Metric, auc, spearman, validate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOK_BACK = 3
"""Batches over which the interval must have narrowed: one alone is mostly chance."""


@dataclass(frozen=True, slots=True)
class Measured:
    """After a batch. Metrics are about groups that the filter had not seen; None where scores are
    all of one kind."""

    rows: int
    spearman: Metric | None
    auc: Metric | None
    spread_rows: int
    spread_spearman: Metric | None
    """On texts that were chosen without a look at the filter: the others are the hard ones."""

    @property
    def width(self) -> float | None:
        return _width(asdict(self))


def measure(
    excerpts: Sequence[Excerpt],
    spread: Sequence[bool],
    embedder: Embedder,
    vectors: NDArray[np.float32],
    how: tuple[int, int],
) -> Measured:
    """`spread` says which excerpts were chosen without a look at the filter; `how` is (seed,
    resamples)."""
    scores = [excerpt.annotation.score for excerpt in excerpts]
    nothing = Measured(len(scores), None, None, sum(spread), None)
    # Its own intervals are not used: as few as it takes.
    settings = QualitySettings(fraction=1.0, worth=worth_of(scores), resamples=100)
    try:
        found = validate(excerpts, embedder, vectors, settings, (how[0], 1))
    except SourceError:
        return nothing
    groups = [excerpt.annotation.distribution for excerpt in excerpts]
    every = Pairs(found.predicted, scores, groups)
    worth = Pairs(found.predicted, [float(s >= settings.worth) for s in scores], groups)
    some = [row for row, is_spread in enumerate(spread) if is_spread]
    fair = Pairs(
        [found.predicted[row] for row in some],
        [scores[row] for row in some],
        [groups[row] for row in some],
    )
    return Measured(
        len(scores),
        with_interval("Spearman", spearman, every, how),
        with_interval(f"AUC for a score of {settings.worth:g} or more", auc, worth, how),
        len(some),
        with_interval("Spearman", spearman, fair, how) if len(some) > 2 else None,
    )


def worth_of(scores: Sequence[float]) -> float:
    """3 where scores lie on both sides of it, else their middle.

    >>> worth_of([0, 4]), worth_of([0, 1])
    (3.0, 0.5)
    """
    low, high = min(scores), max(scores)
    return 3.0 if low < 3 <= high else (low + high) / 2


def narrows(batches: Sequence[dict[str, Any]], narrowing: float) -> bool:
    """Whether the last batches took enough off the interval of Spearman's correlation.

    >>> at = lambda width: {"spearman": {"low": 0.5, "high": 0.5 + width}}
    >>> narrows([at(0.4), at(0.3), at(0.2), at(0.1)], 0.05)
    True
    >>> narrows([at(0.4), at(0.3), at(0.3), at(0.3)], 0.05)
    False
    """
    widths = [_width(batch) for batch in batches]
    if len(widths) <= LOOK_BACK:
        return True
    before, now = widths[-1 - LOOK_BACK], widths[-1]
    if before is None or now is None:
        return True
    return before - now >= LOOK_BACK * narrowing


def _width(batch: dict[str, Any]) -> float | None:
    metric = batch["spearman"]
    if metric is None or metric["low"] is None or metric["high"] is None:
        return None
    return float(metric["high"] - metric["low"])
