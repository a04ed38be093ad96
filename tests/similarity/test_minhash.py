from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.similarity.minhash import Signer, near_duplicates, similarity


def program(seed: int, lines: int = 60) -> str:
    rng = random.Random(seed)
    return "\n".join(
        f"v{rng.randint(0, 999)} = g{rng.randint(0, 99)}(v{rng.randint(0, 999)})"
        for _ in range(lines)
    )


def signatures(texts: list[str]) -> np.ndarray:  # type: ignore[type-arg]
    signer = Signer()
    return np.stack([signer.sign(text) for text in texts])


def jaccard(first: str, second: str) -> float:
    import re

    def shingles(text: str) -> set[tuple[str, ...]]:
        tokens = re.findall(r"\w+|[^\w\s]", text)
        return {tuple(tokens[i : i + 5]) for i in range(len(tokens) - 4)}

    a, b = shingles(first), shingles(second)
    return len(a & b) / len(a | b)


def test_the_estimate_is_near_the_true_similarity() -> None:
    """112 permutations: standard error under 0.05."""
    base = program(1)
    lines = base.split("\n")
    errors = []
    for cut in range(5, 55, 5):
        other = "\n".join(lines[:cut] + program(cut + 2).split("\n")[cut:])
        estimate = similarity(Signer().sign(base), Signer().sign(other))
        errors.append(estimate - jaccard(base, other))
    assert abs(float(np.mean(errors))) < 0.04
    assert max(map(abs, errors)) < 0.15


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(8)))
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
    ]
    keys = [f"k{n}" for n in range(8)]
    straight = near_duplicates(keys, signatures(texts), 0.8)
    turned = near_duplicates([keys[i] for i in order], signatures([texts[i] for i in order]), 0.8)
    assert {keys[r]: keys[k] for r, k in straight.items()} == {
        keys[order[r]]: keys[order[k]] for r, k in turned.items()
    }


def test_of_a_cluster_the_smallest_key_is_kept() -> None:
    texts = [program(5), program(5) + "\ny = 2", program(6)]
    assert near_duplicates(["b", "a", "c"], signatures(texts), 0.8) == {0: 1}


def test_short_texts_do_not_fall_into_one_cluster() -> None:
    """Texts shorter than a shingle are compared whole."""
    assert near_duplicates(["a", "b", "c"], signatures(["x", "y z", "w"]), 0.8) == {}
