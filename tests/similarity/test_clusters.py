"""Facts about clusters of near duplicates: the rule, that order is nothing, and its costs."""

from __future__ import annotations

import random
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hornbook.similarity import clusters
from hornbook.similarity.clusters import biggest, keepers
from hornbook.similarity.minhash import PERMUTATIONS, ROWS, signatures


def program(seed: int, lines: int = 60) -> str:
    rng = random.Random(seed)
    return "\n".join(
        f"v{rng.randint(0, 999)} = g{rng.randint(0, 99)}(v{rng.randint(0, 999)})"
        for _ in range(lines)
    )


def drawn(rng: random.Random, rows: int) -> NDArray[np.uint32]:
    """Rows of which each band is one of three: buckets overlap, and links make chains."""
    bands = np.array(
        [[rng.randint(0, 2) for _ in range(PERMUTATIONS // ROWS)] for _ in range(rows)]
    )
    weights = [rng.random() < 0.7 for _ in range(rows)]
    bands[weights] = np.minimum(bands[weights], 1)
    return np.repeat(bands, ROWS, axis=1).astype(np.uint32)


def by_the_rule(
    rows: NDArray[np.uint32], ranks: list[int], threshold: float, leaders: int
) -> list[int]:
    """The docstring of `keepers`, with sets and loops."""
    cluster = {row: {row} for row in range(len(rows))}
    for start in range(0, PERMUTATIONS, ROWS):
        buckets: dict[bytes, list[int]] = {}
        for row in sorted(range(len(rows)), key=ranks.__getitem__):
            buckets.setdefault(rows[row, start : start + ROWS].tobytes(), []).append(row)
        waiting = {key: set(bucket) for key, bucket in buckets.items()}
        for _ in range(leaders):
            turns = {
                key: min(waiting[key], key=ranks.__getitem__)
                for key, bucket in buckets.items()
                if waiting[key] and any(cluster[row] is not cluster[bucket[0]] for row in bucket)
            }
            links = [
                (leader, row)
                for key, leader in turns.items()
                for row in buckets[key]
                if row not in cluster[leader] and (rows[row] == rows[leader]).mean() >= threshold
            ]
            for leader, row in links:
                both = cluster[leader] | cluster[row]
                cluster.update(dict.fromkeys(both, both))
            for key, leader in turns.items():
                waiting[key] -= cluster[leader]
    return [min(cluster[row], key=ranks.__getitem__) for row in range(len(rows))]


@given(
    st.integers(1, 24),
    st.sampled_from([0.5, 0.625, 0.75, 0.9]),
    st.sampled_from([1, 2, 64]),
    st.randoms(use_true_random=False),
)
def test_clusters_are_what_the_rule_says(
    count: int, threshold: float, leaders: int, rng: random.Random
) -> None:
    """Buckets of one band take their turns together, and a row that was linked leads no more."""
    rows, ranks = drawn(rng, count), rng.sample(range(1000), count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "LEADERS", leaders)
        found = keepers(rows, np.array(ranks), threshold)
    assert found.tolist() == by_the_rule(rows, ranks, threshold, leaders)


@given(st.integers(1, 40), st.sampled_from([0.5, 0.75]), st.randoms(use_true_random=False))
def test_the_rows_order_changes_nothing(count: int, threshold: float, rng: random.Random) -> None:
    """The same rows under the same ranks have the same keepers, whichever comes first."""
    rows, ranks = drawn(rng, count), np.array(rng.sample(range(1000), count))
    turned = np.array(rng.sample(range(count), count))
    straight = keepers(rows, ranks, threshold)
    other = keepers(rows[turned], ranks[turned], threshold)
    assert np.array_equal(ranks[straight][turned], ranks[turned][other])


@given(st.integers(1, 40), st.sampled_from([0.5, 0.75]), st.randoms(use_true_random=False))
def test_a_keeper_keeps_itself_and_is_the_smallest(
    count: int, threshold: float, rng: random.Random
) -> None:
    """And two rows that are alike by themselves, and meet in a band, have one keeper."""
    rows, ranks = drawn(rng, count), np.array(rng.sample(range(1000), count))
    found = keepers(rows, ranks, threshold)
    assert np.array_equal(found[found], found)
    assert (ranks[found] <= ranks).all()
    pair = rng.choices(range(count), k=2)
    same = rows[pair[0]] == rows[pair[1]]
    alike = same.reshape(-1, ROWS).all(axis=1).any() and same.mean() >= threshold
    two = keepers(rows[pair], np.arange(2), threshold)
    assert (two[1] == 0) == alike


def test_a_memory_map_is_read_like_an_array(tmp_path: Path) -> None:
    """Signatures may lie on the disk."""
    rows = drawn(random.Random(1), 300)
    np.save(tmp_path / "s.npy", rows)
    mapped = np.load(tmp_path / "s.npy", mmap_mode="r")
    assert np.array_equal(
        keepers(mapped, np.arange(300), 0.75), keepers(rows, np.arange(300), 0.75)
    )


def test_memory_holds_a_band_and_not_the_signatures(tmp_path: Path) -> None:
    """Rows with many near copies, on the disk: what is allocated is less than a half of them."""
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 1 << 32, (80_000, PERMUTATIONS), np.uint32)
    rows[40_000:] = rows[:40_000]
    rows[40_000:, ::20] += 1
    np.save(tmp_path / "s.npy", rows)
    size = rows.nbytes
    del rows
    mapped = np.load(tmp_path / "s.npy", mmap_mode="r")
    tracemalloc.start()
    try:
        found = keepers(mapped, np.arange(80_000), 0.8)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert np.array_equal(found, np.tile(np.arange(40_000), 2))
    assert peak < size / 2


def test_pairs_above_the_threshold_are_found_and_pairs_below_it_are_not() -> None:
    """Of pairs at 0.9 nearly all are found, of pairs at 0.6 none."""
    for changed, at_least, at_most in ((3, 19, 20), (15, 0, 0)):
        found = 0
        for seed in range(20):
            base = program(seed).split("\n")
            other = base[:-changed] + program(seed + 500, changed).split("\n")
            pair = signatures(["\n".join(base), "\n".join(other)])
            found += keepers(pair, np.arange(2), 0.8).tolist() == [0, 0]
        assert at_least <= found <= at_most


def test_short_texts_do_not_fall_into_one_cluster() -> None:
    """Texts shorter than a shingle are compared whole; empty ones are equal."""
    for texts, wanted in (
        (["x", "y z", "w", "z y"], [0, 1, 2, 3]),
        (["", " \n", "x", "x "], [0, 0, 2, 2]),
        ([], []),
    ):
        found = keepers(signatures(texts), np.arange(len(texts)), 0.8)
        assert found.tolist() == wanted


def test_two_rows_of_one_rank_are_refused() -> None:
    """There would be no saying which is kept."""
    with pytest.raises(ValueError, match="distinct"):
        keepers(drawn(random.Random(1), 3), np.array([1, 2, 1]), 0.8)


def test_big_buckets_cost_no_pairs() -> None:
    """Ten thousand copies, and ten thousand strangers that share a band, in about a second each."""
    rng = np.random.default_rng(1)
    copies = np.repeat(rng.integers(0, 9, (2, PERMUTATIONS), np.uint32), 5000, axis=0)
    strangers = rng.integers(0, 1 << 32, (10_000, PERMUTATIONS), np.uint32)
    strangers[:, :ROWS] = 7
    ranks = rng.permutation(10_000)
    started = time.perf_counter()
    found = keepers(copies, ranks, 0.8)
    assert [size for _, size in biggest(found, ranks, 5)] == [5000, 5000]
    assert np.array_equal(keepers(strangers, ranks, 0.8), np.arange(10_000))
    assert time.perf_counter() - started < 30


@given(st.lists(st.integers(0, 5), max_size=30), st.randoms(use_true_random=False))
def test_the_biggest_clusters_come_first(names: list[int], rng: random.Random) -> None:
    """Equal sizes by the keeper's rank, rows without any like them not at all."""
    ranks = rng.sample(range(99), len(names))
    members = {name: [at for at, each in enumerate(names) if each == name] for name in names}
    kept = [min(members[name], key=ranks.__getitem__) for name in names]
    wanted = {kept[rows[0]]: len(rows) for rows in members.values() if len(rows) > 1}
    order = sorted(wanted.items(), key=lambda each: (-each[1], ranks[each[0]]))
    assert biggest(np.array(kept, np.int64), np.array(ranks, np.int64), 3) == order[:3]
