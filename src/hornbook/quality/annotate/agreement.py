"""How far an annotator agrees with itself, and the ceiling that this sets for any filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hornbook.quality.validation import Metric, spearman

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST = 3
Figure = Callable[["Floats", "Floats"], "float | None"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two numbers for each text, and the group of each text."""

    left: Sequence[float]
    right: Sequence[float]
    groups: Sequence[str]


def agreement(pairs: Pairs, how: tuple[int, int]) -> list[Metric]:
    """Two judgements of the same texts: how alike they are, and what a filter can reach.
    `how` is (seed, resamples).

    The ceiling is the square root of the agreement (Spearman 1904): one judgement is the text's
    worth and noise, two share the worth alone, and a filter can know no more than the worth.

    >>> twice = Pairs([0, 1, 2, 3], [0, 1, 2, 3], ["a", "b", "c", "d"])
    >>> [(metric.name, round(metric.estimate, 3)) for metric in agreement(twice, (1, 100))][:2]
    [('Spearman', 1.0), ('equal', 1.0)]
    """
    if len(pairs.left) < FEWEST:
        return []
    alike = with_interval("Spearman", spearman, pairs, how)
    return [
        alike,
        with_interval("equal", equal, pairs, how),
        with_interval("quadratic kappa", kappa, pairs, how),
        ceiling(alike),
    ]


def equal(left: Floats, right: Floats) -> float:
    """The share of texts that got the same score twice."""
    return float((left == right).mean())


def kappa(left: Floats, right: Floats) -> float | None:
    """Cohen's kappa with quadratic weights (Cohen 1968); None where all scores are one.

    >>> import numpy as np
    >>> kappa(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0]))
    1.0
    """
    by_chance = float(((left[:, None] - right) ** 2).mean())
    return None if by_chance == 0 else 1 - float(((left - right) ** 2).mean()) / by_chance


def ceiling(alike: Metric) -> Metric:
    """
    >>> ceiling(Metric("Spearman", 0.81, 0.64, 1.0)).estimate
    0.9
    """
    root = [None if end is None else max(end, 0.0) ** 0.5 for end in (alike.low, alike.high)]
    name = "ceiling of Spearman for any filter"
    return Metric(name, max(alike.estimate, 0.0) ** 0.5, root[0], root[1])


def with_interval(name: str, figure: Figure, pairs: Pairs, how: tuple[int, int]) -> Metric:
    """The figure, and the middle 95% of it over resampled groups. `how` is (seed, resamples)."""
    import numpy as np

    from hornbook.randomness import seed_for

    left, right = np.asarray(pairs.left, float), np.asarray(pairs.right, float)
    groups = np.asarray(pairs.groups)
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.flatnonzero(groups[order][1:] != groups[order][:-1]) + 1)
    random = np.random.default_rng(seed_for(how[0], "quality", "agreement", name))
    found = []
    for _ in range(how[1]):
        drawn = random.integers(0, len(members), len(members))
        rows = np.concatenate([members[number] for number in drawn])
        if (value := figure(left[rows], right[rows])) is not None:
            found.append(value)
    whole = figure(left, right)
    if whole is None or not found:
        return Metric(name, float("nan") if whole is None else whole, None, None)
    low, high = np.quantile(found, [0.025, 0.975])
    return Metric(name, whole, float(low), float(high))
