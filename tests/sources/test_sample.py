"""Facts about the seeded sample and the documents held out of it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hornbook.records import Document, content_id
from hornbook.sources.sample import HELD_OUT_SHARE, bar, held_out, place_in_order, sample_length

SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=25)
BUDGETS = st.one_of(st.none(), st.integers(1, 400))


@given(SIZES, BUDGETS)
def test_the_sample_is_the_longest_prefix_that_fits(sizes: list[int], budget: int | None) -> None:
    """The first documents that fit together, or the very first alone."""
    taken = sample_length(np.array(sizes), budget)
    if budget is None:
        assert taken == len(sizes)
    else:
        assert taken == 1 or sum(sizes[:taken]) <= budget
        assert taken == len(sizes) or sum(sizes[: taken + 1]) > budget


@given(SIZES, st.integers(1, 400))
def test_a_larger_budget_only_adds(sizes: list[int], budget: int) -> None:
    """A run on more data holds all that the smaller run held."""
    assert sample_length(np.array(sizes), budget) <= sample_length(np.array(sizes), 2 * budget)


@given(SIZES, SIZES, st.integers(1, 400), st.randoms(use_true_random=False))
def test_what_stands_behind_the_bar_is_never_sampled(
    sizes: list[int], more: list[int], budget: int, rng: object
) -> None:
    """However many documents are found afterwards, none behind the bar gets in."""
    every = np.array(sizes + more)
    places = np.arange(len(every))
    rng.shuffle(places)  # type: ignore[attr-defined]
    early = bar(places[: len(sizes)], every[: len(sizes)], budget)
    order = np.argsort(places)
    chosen = order[: sample_length(every[order], budget)]
    assert early is None or (places[chosen] <= early).all()


def test_another_seed_is_another_order() -> None:
    """The order is drawn anew by every seed, and by every use of it."""
    row = Document(content_id("x"), "x", "folder", "c", "", "a.py")
    places = {place_in_order(seed, name, row) for seed in range(9) for name in ("a", "b")}
    assert len(places) == 18
    assert all(0 <= place < 1 << 63 for place in places)


@given(st.lists(st.integers(0, 5), max_size=25), st.integers(0, 30))
def test_documents_are_held_out_by_their_places(places: list[int], count: int) -> None:
    """As many as asked or a fifth, the first of the order; ranks decide between equal places."""
    ranks = np.arange(len(places))[::-1].copy()
    out = held_out(np.array(places, np.int64), ranks, count)
    assert len(out) == min(count, len(places) // HELD_OUT_SHARE)
    keys = [(places[at], ranks[at]) for at in range(len(places))]
    assert [keys[at] for at in out] == sorted(keys)[: len(out)]
