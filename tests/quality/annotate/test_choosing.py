from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.quality.annotate.choosing import Pool, doubtful, spread
from hornbook.quality.config import QualitySettings
from hornbook.quality.process import GaussianProcess, fit_process

SETTINGS = QualitySettings(fraction=1.0)


def process(vectors: np.ndarray) -> GaussianProcess:
    return fit_process(vectors, [float(n % 4) for n in range(len(vectors))], SETTINGS)


def pool(vectors: np.ndarray, groups: list[str] | None = None) -> Pool:
    names = [str(n) for n in range(len(vectors))]
    return Pool(names, groups or names, vectors)


def test_copies_are_asked_about_once() -> None:
    """Ten copies of what is furthest from all that is known count as one."""
    random = np.random.default_rng(1)
    known = random.normal(size=(20, 4)).astype(np.float32)
    odd = np.full((10, 4), 9, np.float32)
    others = random.normal(scale=2, size=(30, 4)).astype(np.float32)
    texts = pool(np.concatenate([odd, others]))
    alone = np.argsort(-process(known).doubt(texts.vectors), kind="stable")[:5]
    assert sum(row < 10 for row in alone) == 5
    chosen = doubtful(process(known), texts, range(40), 5)
    assert sum(row < 10 for row in chosen) == 1
    assert chosen[0] == 0


def test_the_first_choice_is_the_most_doubtful() -> None:
    """And the shared doubt is the process's own: to the last digit that matters."""
    random = np.random.default_rng(2)
    made = process(random.normal(size=(30, 6)).astype(np.float32))
    texts = pool(random.normal(scale=1.5, size=(50, 6)).astype(np.float32))
    doubts = made.doubt(texts.vectors)
    first, second = doubtful(made, texts, range(50), 2)
    assert first == int(np.argmax(doubts))
    assert doubts[second] == pytest.approx(sorted(doubts)[-2], rel=0.2)


def test_no_group_takes_all() -> None:
    """An eighth of a batch each while others are left; then what there is."""
    random = np.random.default_rng(3)
    made = process(random.normal(size=(20, 4)).astype(np.float32))
    vectors = random.normal(scale=3, size=(60, 4)).astype(np.float32)
    texts = pool(vectors, ["a"] * 40 + [f"g{n % 10}" for n in range(20)])
    chosen = doubtful(made, texts, range(60), 16)
    assert sum(texts.groups[row] == "a" for row in chosen) <= 2
    assert len(set(doubtful(made, texts, range(45), 44))) == 44


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(1, 30))
def test_spread_takes_as_many_of_each_group_as_there_are(groups: list[str], wanted: int) -> None:
    """No group is two ahead of another that still has texts."""
    texts = pool(np.zeros((len(groups), 1), np.float32), groups)
    chosen = spread(texts, range(len(groups)), wanted)
    assert len(set(chosen)) == len(chosen) == min(wanted, len(groups))
    taken = {name: sum(groups[row] == name for row in chosen) for name in set(groups)}
    left = [name for name in taken if taken[name] < groups.count(name)]
    assert all(taken[name] >= max(taken.values()) - 1 for name in left)
