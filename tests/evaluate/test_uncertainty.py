"""Facts about intervals, paired differences and ratios."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.evaluate.uncertainty import clustered, mcnemar, mean_interval, paired, wilson


def test_wilson_gives_the_published_interval_of_phi_1() -> None:
    """83 of 164: 43.0 to 58.2 percent."""
    interval = wilson(83, 164)
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.430, 0.582)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_its_estimate_and_stays_in_range(case: tuple[int, int]) -> None:
    """The interval has a width, lies in [0, 1] and holds the estimate."""
    passed, n = case
    interval = wilson(passed, n)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1
    assert interval.low < interval.high


def test_clusters_that_rise_and_fall_together_widen_the_interval() -> None:
    """The same 100 problems: alone, and in 10 families that are all right or all wrong."""
    alone = {f"p{n}": [float(n % 2)] for n in range(100)}
    together = {f"f{n}": [float(n % 2)] * 10 for n in range(10)}
    narrow, wide = clustered(alone, 1), clustered(together, 1)
    assert narrow.estimate == wide.estimate == 0.5
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_all_right_or_all_wrong_still_has_an_interval(value: float) -> None:
    """Resampling equal scores would claim certainty; ten families can't give that."""
    interval = clustered({f"f{n}": [value] * 30 for n in range(10)}, 1)
    assert interval.estimate == value
    assert 0.2 < interval.high - interval.low < 0.4


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    """300 experiments with 30 families and a true mean of 0.5."""
    rng = random.Random(3)
    hits = 0
    for number in range(300):
        values = {}
        for family in range(30):
            chance = min(max(rng.gauss(0.5, 0.2), 0), 1)
            values[str(family)] = [float(rng.random() < chance) for _ in range(8)]
        interval = clustered(values, number, resamples=400)
        hits += interval.low <= 0.5 <= interval.high
    assert 0.88 < hits / 300 < 0.99


def test_a_paired_difference_counts_who_solves_what() -> None:
    """Problems that one arm alone solves make the difference."""
    first = {"a": [True, True], "b": [True, False], "c": [True, True]}
    second = {"a": [False, True], "b": [False, False], "c": [False, True]}
    result = paired(first, second, 1)
    assert (result.only_first, result.only_second) == (3, 0)
    assert result.difference.estimate == pytest.approx(0.5)


def test_equal_differences_in_a_few_clusters_are_no_certainty() -> None:
    """Three clusters that agree don't exclude zero; a hundred do."""
    few = paired({f"c{n}": [1, 0] for n in range(3)}, {f"c{n}": [0, 0] for n in range(3)}, 1)
    many = paired({f"c{n}": [1, 0] for n in range(100)}, {f"c{n}": [0, 0] for n in range(100)}, 1)
    assert few.difference.estimate == many.difference.estimate == 0.5
    assert not few.excludes_zero
    assert many.excludes_zero
    assert many.difference.low < 0.5 < many.difference.high


def test_many_clusters_are_resampled_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held in memory at a time doesn't change the interval."""
    values = {f"p{n}": [float(n % 3 == 0)] for n in range(50)}
    whole = clustered(values, 1, resamples=400)
    monkeypatch.setattr("hornbook.evaluate.uncertainty.PICKS", 500)
    assert clustered(values, 1, resamples=400) == whole


def test_an_arm_does_not_differ_from_itself() -> None:
    """A comparison with itself excludes nothing and has p = 1."""
    arm = {"a": [True, False], "b": [False, False]}
    result = paired(arm, arm, 1)
    assert not result.excludes_zero
    assert result.p_value == 1.0


def test_mcnemar_is_the_coins_two_sided_tail() -> None:
    """Nine of ten disagreements one way are as likely as nine heads or tails of ten."""
    assert mcnemar(9, 1) == pytest.approx(22 / 1024)
    assert mcnemar(0, 0) == 1.0


def test_bits_per_byte_is_a_ratio_of_sums() -> None:
    """Documents count by their bytes, not one each."""
    interval = mean_interval([10.0, 30.0], [10.0, 10.0], 1)
    assert interval.estimate == 2.0
    assert 1.0 <= interval.low <= interval.high <= 3.0


def test_equal_answers_leave_room_for_a_difference() -> None:
    """Two arms that solve the very same problems differ by zero, within an interval that is not."""
    same = {f"f{n}": [True, False] for n in range(20)}
    result = paired(same, same, seed=1)
    assert result.difference.estimate == 0
    assert result.difference.low == -result.difference.high < -0.05
    assert not result.excludes_zero
    assert result.p_value == 1
