"""Facts about pass@k."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.evaluate.passk import pass_at_k

CASES = st.integers(1, 9).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))
)


@given(CASES)
def test_it_is_the_share_of_draws_with_a_pass(case: tuple[int, int, int]) -> None:
    """Every way to draw k of n answers is tried, exactly."""
    n, c, k = case
    draws = list(combinations([True] * c + [False] * (n - c), k))
    assert pass_at_k(n, c, k) == float(Fraction(sum(map(any, draws)), len(draws)))


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_of_one_answer_it_is_the_share_of_passes(case: tuple[int, int]) -> None:
    """pass@1 is c / n to the last bit, however many answers there are."""
    n, c = case
    assert pass_at_k(n, c, 1) == c / n
    assert pass_at_k(n, c, n) == (1.0 if c else 0.0)


def test_it_agrees_with_the_product_that_others_compute() -> None:
    """1 minus the product of 1 - k / i for i from n - c + 1 to n (Chen 2021), but for rounding."""
    for n, c, k in [(200, 20, 10), (200, 1, 100), (200, 150, 3), (1000, 7, 50)]:
        product = 1.0
        for i in range(n - c + 1, n + 1):
            product *= 1 - k / i
        assert pass_at_k(n, c, k) == pytest.approx(1 - product, abs=1e-12)


@pytest.mark.parametrize("case", [(1, 0, 2), (3, 4, 1), (3, -1, 1), (3, 1, 0)])
def test_what_can_not_be_drawn_is_an_error(case: tuple[int, int, int]) -> None:
    """More draws than answers, or more passes, are never given a number."""
    with pytest.raises(ValueError, match="pass@"):
        pass_at_k(*case)
