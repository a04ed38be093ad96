"""Facts about near duplicates: shingles, signatures, clusters."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hornbook.similarity.minhash import (
    PERMUTATIONS,
    SHINGLE,
    duplicates,
    estimated_jaccard,
    groups,
    shingle_hashes,
    signature,
)


def program(seed: int, lines: int = 60) -> str:
    rng = random.Random(seed)
    return "\n".join(
        f"v{rng.randint(0, 999)} = g{rng.randint(0, 99)}(v{rng.randint(0, 999)})"
        for _ in range(lines)
    )


def signatures(texts: list[str]) -> NDArray[np.uint32]:
    return np.stack([signature(text) for text in texts])


def shingles(text: str) -> set[tuple[str, ...]]:
    """The definition in three lines."""
    tokens = re.findall(r"\w+|[^\w\s]", text)
    width = min(SHINGLE, len(tokens))
    return {tuple(tokens[at : at + width]) for at in range(max(len(tokens) - SHINGLE + 1, 1))}


def jaccard(first: str, second: str) -> float:
    a, b = shingles(first), shingles(second)
    return len(a & b) / len(a | b)


TEXTS = st.text("ab ()\n=", max_size=80)


@given(TEXTS, TEXTS)
def test_hashes_stand_for_shingles(first: str, second: str) -> None:
    """As many hashes as there are shingles, and as many in common; white space does not count."""
    ours, theirs = shingle_hashes(first), shingle_hashes(second)
    assert len(ours) == len(shingles(first))
    assert len(np.intersect1d(ours, theirs)) == len(shingles(first) & shingles(second))
    assert np.array_equal(ours, shingle_hashes(f"\t{first.replace(' ', '   ')}\n"))


def test_the_estimate_is_near_the_true_similarity() -> None:
    """112 permutations: no bias, and a standard error under 0.05."""
    base = program(1)
    lines = base.split("\n")
    errors = []
    for cut in range(5, 55, 5):
        other = "\n".join(lines[:cut] + program(cut + 2).split("\n")[cut:])
        estimate = estimated_jaccard(signature(base), signature(other))
        errors.append(estimate - jaccard(base, other))
    assert abs(float(np.mean(errors))) < 0.04
    assert max(map(abs, errors)) < 0.15


def test_pairs_above_the_threshold_are_found_and_pairs_below_it_are_not() -> None:
    """Of pairs at 0.9 nearly all are found, of pairs at 0.6 none."""
    for changed, at_least, at_most in ((3, 19, 20), (15, 0, 0)):
        found = 0
        for seed in range(20):
            base = program(seed).split("\n")
            other = base[:-changed] + program(seed + 500, changed).split("\n")
            pair = ["\n".join(base), "\n".join(other)]
            found += bool(duplicates(signatures(pair), ["a", "b"], 0.8))
        assert at_least <= found <= at_most


def test_a_signature_is_the_same_in_every_process() -> None:
    """Nothing of Python's own hashing is in it."""
    code = "from hornbook.similarity.minhash import signature as s; print(*s('a b c d e f g'))"
    for seed in ("0", "1"):
        result = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert list(map(int, result.stdout.split())) == signature("a b c d e f g").tolist()


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(9)))
def test_the_rows_order_changes_nothing(order: list[int]) -> None:
    """The same texts give the same clusters and the same keepers."""
    texts = [
        program(1),
        program(1) + "\nx = 1",
        program(2),
        program(3),
        program(3),
        program(4),
        "a b",
        "",
        program(1) + "\nx = 1\ny = 2",
    ]
    names = [f"k{n}" for n in range(9)]
    straight = duplicates(signatures(texts), names, 0.8)
    turned = duplicates(signatures([texts[i] for i in order]), [names[i] for i in order], 0.8)
    assert {names[row]: names[keeper] for row, keeper in straight.items()} == {
        "k1": "k0", "k8": "k0", "k4": "k3",
    }  # fmt: skip
    assert {names[row]: names[keeper] for row, keeper in straight.items()} == {
        names[order[row]]: names[order[keeper]] for row, keeper in turned.items()
    }


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 16).map(lambda bands: 7 * bands), min_size=1, max_size=14),
    st.sampled_from([0.5, 0.75, 0.8, 0.875]),
    st.randoms(use_true_random=False),
)
def test_clusters_are_the_connected_components(
    ends: list[int], threshold: float, rng: random.Random
) -> None:
    """Every pair that meets in a band and is alike enough is linked, through others too."""
    base = signature(program(1))
    other = np.stack([signature(program(number + 2)) for number in range(3)])
    rows = np.stack([np.where(np.arange(PERMUTATIONS) < e, other[e % 3], base) for e in ends])
    names = rng.sample(range(100), len(ends))
    cluster = list(range(len(ends)))
    for left in range(len(ends)):
        for right in range(left):
            same = rows[left] == rows[right]
            if same.reshape(-1, 7).all(axis=1).any() and same.mean() >= threshold:
                old, new = cluster[left], cluster[right]
                cluster = [new if each == old else each for each in cluster]
    wanted = {}
    for row in range(len(ends)):
        members = [each for each in range(len(ends)) if cluster[each] == cluster[row]]
        keeper = min(members, key=names.__getitem__)
        if keeper != row:
            wanted[row] = keeper
    assert duplicates(rows, names, threshold) == wanted


def test_of_a_cluster_the_smallest_name_is_kept() -> None:
    """Names decide, not places."""
    texts = [program(5), program(5) + "\ny = 2", program(6)]
    assert duplicates(signatures(texts), ["b", "a", "c"], 0.8) == {0: 1}


def test_short_texts_do_not_fall_into_one_cluster() -> None:
    """Texts shorter than a shingle are compared whole; empty ones are equal."""
    assert duplicates(signatures(["x", "y z", "w", "z y"]), list("abcd"), 0.8) == {}
    assert duplicates(signatures(["", " \n", "x", "x "]), list("abcd"), 0.8) == {1: 0, 3: 2}
    assert duplicates(np.empty((0, PERMUTATIONS), np.uint32), [], 0.8) == {}


def test_a_thousand_copies_are_one_group() -> None:
    """Equal rows are linked outright, so that they cost no pair each."""
    rows = np.repeat(signatures([program(1), program(2)]), 3000, axis=0)
    found = duplicates(rows, range(6000), 0.8)
    assert set(found.values()) == {0, 3000}
    assert len(found) == 5998


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
def test_groups_are_the_equal_rows(rows: list[tuple[int, int]]) -> None:
    """Each group holds the numbers of all rows that are equal, ascending; single ones are out."""
    found = list(groups(np.array(rows, np.uint32)))
    wanted = {row: [at for at, each in enumerate(rows) if each == row] for row in rows}
    assert sorted(found) == sorted(group for group in wanted.values() if len(group) > 1)
    assert all(left < right for group in found for left, right in pairwise(group))
