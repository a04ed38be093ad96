"""Facts about the seeded sample and the documents held out of it."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hornbook.records import Document, content_id
from hornbook.sources.sample import HELD_OUT_SHARE, Sample, held_out, place_in_order

SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=25)


def documents(sizes: list[int]) -> list[Document]:
    rows = []
    for number, size in enumerate(sizes):
        text = str(number).ljust(size, "x")[:size]
        rows.append(Document(content_id(text), text, "folder", "c", "", f"{number}.py"))
    return rows


def taken(rows: list[Document], budget: int, seed: int) -> tuple[list[Document], list[Document]]:
    sample = Sample(budget, seed)
    out = [row for offered in rows for row in sample.offer(offered)]
    return sample.rows(), out


@given(SIZES, st.integers(1, 400), st.integers(0, 9), st.randoms(use_true_random=False))
def test_the_sample_is_a_prefix_of_the_seeded_order(
    sizes: list[int], budget: int, seed: int, rng: random.Random
) -> None:
    """The first documents that fit together, or the very first alone, in whatever order they come."""
    rows = documents(sizes)
    order = sorted(rows, key=lambda row: place_in_order(seed, "sample", row))
    wanted = order[:1]
    for row in order[1:]:
        if sum(len(each.text) for each in wanted) + len(row.text) > budget:
            break
        wanted.append(row)
    rng.shuffle(rows)
    kept, out = taken(rows, budget, seed)
    assert {row.path for row in kept} == {row.path for row in wanted}
    assert sorted(row.path for row in [*kept, *out]) == sorted(row.path for row in rows)


@given(SIZES, st.integers(1, 400), st.integers(0, 9))
def test_a_larger_budget_only_adds(sizes: list[int], budget: int, seed: int) -> None:
    """A run on more data holds all that the smaller run held."""
    rows = documents(sizes)
    small, _ = taken(rows, budget, seed)
    large, _ = taken(rows, 2 * budget, seed)
    assert {row.path for row in small} <= {row.path for row in large}


def test_another_seed_is_another_sample() -> None:
    """The order is drawn anew by every seed, and none prefers the first."""
    rows = documents([10] * 60)
    samples = {tuple(row.path for row in taken(rows, 100, seed)[0]) for seed in range(9)}
    assert len(samples) == 9
    assert all(len(sample) == 10 for sample in samples)


def test_one_row_twice_is_two_rows() -> None:
    """Rows at one place of the order are all counted, whatever else differs in them."""
    row = documents([30])[0]
    kept, out = taken([row, replace(row, source="jsonl"), row], 60, 1)
    assert (len(kept), len(out)) == (2, 1)


@given(SIZES, st.integers(0, 30), st.integers(0, 9), st.randoms(use_true_random=False))
def test_documents_are_held_out_by_themselves_alone(
    sizes: list[int], count: int, seed: int, rng: random.Random
) -> None:
    """As many as asked or a fifth, the same in any order of the rows."""
    rows = documents(sizes)
    out = held_out(rows, count, seed)
    assert out <= {row.id for row in rows}
    assert len(out) == min(count, len(rows) // HELD_OUT_SHARE)
    rng.shuffle(rows)
    assert held_out(rows, count, seed) == out
