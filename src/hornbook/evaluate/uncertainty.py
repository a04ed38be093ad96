"""How sure a score is: intervals clustered by family, paired differences, McNemar's test.

Problems of one family rise and fall together, so resampling single problems would promise too
much; whole families are resampled instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Z_95 = 1.959963984540054
PICKS = 4_000_000
"""Draws held in memory at a time."""
EQUAL = 1e-12
"""Means of clusters that differ by less are equal but for rounding."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95% interval and how that was made."""

    estimate: float
    low: float
    high: float
    method: str


def wilson(passed: float, n: int, z: float = Z_95) -> Interval:
    """Wilson's interval for a share; `passed` may be a sum of shares.

    >>> interval = wilson(83, 164)              # phi-1 on HumanEval
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.43, 0.582)
    """
    share = passed / n
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    middle, scale = share + z * z / (2 * n), 1 + z * z / n
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return Interval(share, min(share, max(0.0, low)), max(share, min(1.0, high)), "wilson")


def clustered(values: Mapping[str, Sequence[float]], seed: int, resamples: int = 4000) -> Interval:
    """The mean over all problems, with a percentile interval from resampling clusters.

    `values` holds each cluster's problem scores in [0, 1]. Where every problem has the same score
    resampling says nothing, and Wilson's interval with one trial a cluster is given instead.
    """
    import numpy as np

    sums, sizes = _totals(values)
    estimate = float(sums.sum() / sizes.sum())
    if np.ptp(sums / sizes) < EQUAL:
        bound = wilson(estimate * len(sums), len(sums))
        return Interval(estimate, bound.low, bound.high, "wilson over clusters")
    means = _resampled_means(sums, sizes, seed, resamples)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(estimate, float(low), float(high), "bootstrap over clusters")


def mean_interval(
    totals: Sequence[float], weights: Sequence[float], seed: int, resamples: int = 4000
) -> Interval:
    """The ratio of two sums over units (bits over bytes of documents), resampling the units."""
    import numpy as np

    top, bottom = np.asarray(totals, dtype=float), np.asarray(weights, dtype=float)
    low, high = np.quantile(_resampled_means(top, bottom, seed, resamples), [0.025, 0.975])
    estimate = float(top.sum() / bottom.sum())
    return Interval(estimate, float(low), float(high), "bootstrap over documents")


@dataclass(frozen=True)
class Paired:
    """One arm against another on the same problems."""

    difference: Interval
    only_first: int
    """Problems that only the first arm solves."""
    only_second: int
    p_value: float
    """McNemar's exact test, two-sided; it takes problems as independent."""

    @property
    def excludes_zero(self) -> bool:
        return self.difference.low > 0 or self.difference.high < 0


def paired(
    first: Mapping[str, Sequence[float]],
    second: Mapping[str, Sequence[float]],
    seed: int,
    resamples: int = 4000,
) -> Paired:
    """Compare two arms problem by problem; both map a cluster to its problems' scores (or whether
    they were solved) in one order."""
    import numpy as np

    deltas = {
        name: [float(a) - float(b) for a, b in zip(first[name], second[name], strict=True)]
        for name in first
    }
    flat = [delta for values in deltas.values() for delta in values]
    gains, losses = sum(d > 0 for d in flat), sum(d < 0 for d in flat)
    sums, sizes = _totals(deltas)
    estimate = float(sums.sum() / sizes.sum())
    if np.ptp(sums / sizes) < EQUAL:
        # Resampling equals gives equals; what was never seen may still be somewhat frequent.
        bound = wilson(0, len(sums)).high
        low, high = max(-1.0, estimate - bound), min(1.0, estimate + bound)
        difference = Interval(estimate, low, high, "wilson over clusters")
    else:
        low, high = np.quantile(_resampled_means(sums, sizes, seed, resamples), [0.025, 0.975])
        difference = Interval(estimate, float(low), float(high), "paired bootstrap over clusters")
    return Paired(difference, gains, losses, mcnemar(gains, losses))


def mcnemar(gains: int, losses: int) -> float:
    """The exact two-sided p-value that `gains` against `losses` is a fair coin.

    >>> round(mcnemar(9, 1), 4)
    0.0215
    """
    n, worst = gains + losses, min(gains, losses)
    tail = sum(math.comb(n, k) for k in range(worst + 1))
    return min(1.0, float(2 * tail / 2**n))


def _totals(
    values: Mapping[str, Sequence[float]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np

    names = sorted(values)
    sums = np.array([sum(values[name]) for name in names], dtype=float)
    sizes = np.array([len(values[name]) for name in names], dtype=float)
    return sums, sizes


def _resampled_means(
    sums: NDArray[np.float64], sizes: NDArray[np.float64], seed: int, resamples: int
) -> NDArray[np.float64]:
    import numpy as np

    random = np.random.default_rng(seed)
    rows = max(1, PICKS // len(sums))
    means = []
    for start in range(0, resamples, rows):
        picks = random.integers(0, len(sums), size=(min(rows, resamples - start), len(sums)))
        means.append(sums[picks].sum(axis=1) / sizes[picks].sum(axis=1))
    return np.concatenate(means)
