"""Facts about standard errors, detectable effects and random signs."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.evaluate.effect import (
    detectable_here,
    detectable_paired,
    detectable_unpaired,
    sign_flips,
    standard_error,
)


def test_the_error_of_one_answer_a_problem_is_the_binomials() -> None:
    """82 of 164: 3.9 points; its parts can't be told apart."""
    error = standard_error([(1, int(n < 82)) for n in range(164)])
    assert error.total == pytest.approx(math.sqrt(0.25 / 163))
    assert (error.between, error.within) == (None, None)


def test_the_parts_of_the_error_are_found_where_they_were_put() -> None:
    """4,000 problems with known chances: both parts come out, and squared they make the whole."""
    rng = random.Random(5)
    chances = [rng.choice([0.2, 0.8]) for _ in range(4000)]
    counts = [(10, sum(rng.random() < p for _ in range(10))) for p in chances]
    error = standard_error(counts)
    assert error.between is not None
    assert error.within is not None
    assert error.between == pytest.approx(0.3 / math.sqrt(4000), rel=0.05)
    assert error.within == pytest.approx(math.sqrt(0.16 / 10 / 4000), rel=0.05)
    assert error.total**2 == pytest.approx(error.between**2 + error.within**2)


@pytest.mark.parametrize("passed", [0, 1])
def test_equal_scores_are_no_certainty(passed: int) -> None:
    """Where all pass or all fail there is still an error."""
    assert standard_error([(1, passed)] * 50).total > 0.02


def test_problems_in_common_make_smaller_effects_visible() -> None:
    """With correlation r the paired effect is sqrt(1 - r) times the unpaired one."""
    error = math.sqrt(0.25 / 164)
    assert detectable_unpaired(error) == pytest.approx(0.1547, abs=1e-3)
    assert detectable_paired(error, 0.75) == pytest.approx(detectable_unpaired(error) / 2)
    assert detectable_unpaired(3.0) == 1.0


def test_the_effect_is_found_as_often_as_it_says() -> None:
    """Runs that truly differ by the detectable effect are told apart in about 80% of comparisons."""
    rng = random.Random(11)
    n, discordant = 400, 0.2
    differences = [rng.choice([1.0, -1.0]) if rng.random() < discordant else 0.0 for _ in range(n)]
    effect = detectable_here(differences)
    hits = 0
    for _ in range(300):
        up = (discordant + effect) / 2
        draws = [rng.random() for _ in range(n)]
        seen = [1.0 if d < up else -1.0 if d < discordant else 0.0 for d in draws]
        mean = sum(seen) / n
        error = math.sqrt(sum((d - mean) ** 2 for d in seen) / (n - 1) / n)
        hits += abs(mean) > 1.96 * error
    assert 0.7 < hits / 300 < 0.9


def test_runs_that_never_differ_could_have_shown_something() -> None:
    """No discordant problem doesn't make every effect detectable."""
    assert 0.02 < detectable_here([0.0] * 164) < 0.05


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), min_size=1, max_size=9))
def test_signs_are_tried_exhaustively(differences: list[float]) -> None:
    """The p-value is the share of sign patterns at least as far from zero."""
    seen = abs(sum(differences))
    patterns = list(itertools.product([1, -1], repeat=len(differences)))
    far = sum(
        abs(sum(s * d for s, d in zip(signs, differences, strict=True))) >= seen - 1e-12
        for signs in patterns
    )
    assert sign_flips(differences, seed=0) == pytest.approx(far / len(patterns))


def test_drawn_signs_agree_with_all_signs() -> None:
    """With more problems than can be tried, draws come near and never give zero."""
    differences = [0.5] * 14 + [-0.5] * 6
    exact = 2 * sum(math.comb(20, k) for k in range(7)) / 2**20
    assert sign_flips(differences, seed=1) == pytest.approx(exact, abs=0.01)
    assert sign_flips([1.0] * 60, seed=1) > 0
