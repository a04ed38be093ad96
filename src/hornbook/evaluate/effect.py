"""What a difference has to be to be seen, and the exact tests of one.

The minimum detectable effect is the true difference that a two-sided test at 5% finds with 80%
power: (1.960 + 0.842) times the standard error of the difference. For two runs on different
problems that is sqrt(2) times the error of one; on the same problems it is sqrt(2 (1 - r)) times,
where r is how far the two runs' scores rise and fall together from problem to problem. One run
alone can't know r: `ASSUMED_CORRELATION` stands in; a comparison measures it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.evaluate.uncertainty import Z_95

Z_80 = 0.8416212335729143
ASSUMED_CORRELATION = 0.5
EXACT_FLIPS = 16
"""Up to so many differing problems all signs are tried, else `FLIPS` drawn ones."""
FLIPS = 20_000


@dataclass(frozen=True)
class StandardError:
    """The error of a mean over problems, and where it comes from."""

    total: float
    between: float | None
    """The part that more problems would lessen; None with one answer a problem."""
    within: float | None
    """The part that more answers a problem would lessen."""


def standard_error(counts: Sequence[tuple[int, int]]) -> StandardError:
    """Of the mean share of passes; `counts` holds each problem's (answers, passes).

    The variance of the problems' shares holds both parts. What chance within a problem adds is
    p (1 - p) / (answers - 1) for each; what is left lies between problems.

    >>> standard_error([(2, 1), (2, 1), (2, 1), (2, 1)])
    StandardError(total=0.25, between=0.0, within=0.25)
    """
    n = len(counts)
    shares = [passed / answers for answers, passed in counts]
    mean = sum(shares) / n
    spread = sum((share - mean) ** 2 for share in shares) / max(n - 1, 1)
    if min(answers for answers, _ in counts) < 2:
        return StandardError(_floored(math.sqrt(spread / n), mean, n), None, None)
    each = (p * (1 - p) / (answers - 1) for p, (answers, _) in zip(shares, counts, strict=True))
    within = sum(each) / n**2
    total = max(spread / n, within)
    parts = (math.sqrt(total - within), math.sqrt(within))
    return StandardError(_floored(math.sqrt(total), mean, n), *parts)


def _floored(error: float, share: float, n: int) -> float:
    """Equal scores have no spread, which is not certainty: then as if two more passed, two failed."""
    if error > 0:
        return error
    share = (share * n + 2) / (n + 4)
    return math.sqrt(share * (1 - share) / (n + 4))


def detectable(error_of_difference: float) -> float:
    """The minimum detectable effect, at most 1.

    >>> round(detectable(math.sqrt(2 * 0.25 / 164)), 3)     # HumanEval, two runs near 50%, unpaired
    0.155
    """
    return min(1.0, (Z_95 + Z_80) * error_of_difference)


def detectable_unpaired(error: float) -> float:
    """Between two runs with this standard error each, on different problems."""
    return detectable(math.sqrt(2) * error)


def detectable_paired(error: float, correlation: float = ASSUMED_CORRELATION) -> float:
    """Between two runs with this standard error each, on the same problems."""
    return detectable(math.sqrt(2 * (1 - correlation)) * error)


def detectable_here(differences: Sequence[float]) -> float:
    """In a paired comparison with these differences, problem by problem."""
    n = len(differences)
    mean = sum(differences) / n
    spread = sum((d - mean) ** 2 for d in differences) / max(n - 1, 1)
    if spread == 0:
        # As if one problem more had gone each way.
        n, spread = n + 2, 2 / (n + 2)
    return detectable(math.sqrt(spread / n))


def sign_flips(differences: Sequence[float], seed: int) -> float:
    """The two-sided p-value that the differences' signs are fair coins (a permutation test).

    Exact up to `EXACT_FLIPS` problems that differ; else from `FLIPS` draws, counting the one seen.

    >>> sign_flips([0.5] * 6 + [0.0] * 10, seed=0)
    0.03125
    """
    import numpy as np

    moved = np.array([d for d in differences if d != 0], dtype=float)
    m = len(moved)
    if m == 0:
        return 1.0
    seen = abs(float(moved.sum())) * (1 - 1e-12)
    if m <= EXACT_FLIPS:
        bits = (np.arange(2**m)[:, None] >> np.arange(m)) & 1
        return float((np.abs((1 - 2 * bits) @ moved) >= seen).mean())
    random = np.random.default_rng(seed)
    hits = 0
    for _ in range(FLIPS // 1000):
        signs = 1 - 2 * random.integers(0, 2, size=(1000, m))
        hits += int((np.abs(signs @ moved) >= seen).sum())
    return (hits + 1) / (FLIPS + 1)
