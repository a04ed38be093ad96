"""Facts about MinHash signatures: the same bytes from numpy and rensa, and a fair estimate."""

from __future__ import annotations

import ast
import hashlib
import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hornbook.similarity import minhash
from hornbook.similarity.minhash import (
    PERMUTATIONS,
    estimated_jaccard,
    in_numpy,
    in_rensa,
    signatures,
    signatures_of,
)
from hornbook.similarity.shingles import jaccard, joined, shingle_hashes, shingle_set

MASK = (1 << 64) - 1
HASHES = st.integers(0, MASK)


def program(seed: int, lines: int = 60) -> str:
    rng = random.Random(seed)
    return "\n".join(
        f"v{rng.randint(0, 999)} = g{rng.randint(0, 99)}(v{rng.randint(0, 999)})"
        for _ in range(lines)
    )


@pytest.fixture
def fresh() -> Iterator[None]:
    """Whether rensa may be used is asked once a process; here it is asked anew."""
    minhash._compiled.cache_clear()
    yield
    minhash._compiled.cache_clear()


def rows_of(sets: list[list[int]]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    flat = [number for each in sets for number in each]
    return np.array(flat, np.uint64), np.cumsum([0, *map(len, sets)], dtype=np.int64)


@given(st.lists(st.lists(HASHES, min_size=1, max_size=40), min_size=1, max_size=6))
def test_numpy_and_rensa_give_the_same_bytes(sets: list[list[int]]) -> None:
    """Few shingles: most places have a function of their own."""
    assert np.array_equal(in_numpy(*rows_of(sets)), in_rensa(*rows_of(sets)))


@settings(max_examples=25)
@given(st.lists(st.integers(1, 1500), min_size=1, max_size=6), st.integers(0, 99))
def test_so_they_do_for_long_texts(sizes: list[int], seed: int) -> None:
    """Many shingles: one, two or three rounds fill the places."""
    numbers = np.random.default_rng(seed).integers(0, MASK, sum(sizes), np.uint64)
    begins = np.cumsum([0, *sizes], dtype=np.int64)
    assert np.array_equal(in_numpy(numbers, begins), in_rensa(numbers, begins))


def test_so_they_do_for_real_files() -> None:
    """The sources of the standard library's `json`, `email` and `ast`."""
    library = Path(ast.__file__).parent
    paths = [
        library / "ast.py",
        *(library / "json").glob("*.py"),
        *(library / "email").glob("*.py"),
    ]
    shingles = shingle_hashes(*joined(path.read_text() for path in sorted(paths)))
    assert len(shingles[1]) > 20
    assert np.array_equal(in_numpy(*shingles), in_rensa(*shingles))


def undone(number: int, shift: int, factor: int) -> int:
    """What became `number` by x ^= x >> shift; x *= factor."""
    number = number * pow(factor, -1, 1 << 64) & MASK
    found = number
    for _ in range(3):
        found = number ^ (found >> shift)
    return found


def test_so_they_do_where_a_place_is_drawn_again() -> None:
    """One shingle in 134 million: made to order, by undoing the first round's hash."""
    (_, offset), *_ = minhash._functions()
    made = []
    for high in range(50):
        number = high * 0x123456789 << 32 & MASK  # its low 32 bits are 0, and tip the balance
        number = undone(number, 31, 1)
        for shift, factor in ((27, 0x94D049BB133111EB), (30, 0xBF58476D1CE4E5B9)):
            number = undone(number, shift, factor)
        made.append((number - 0x9E3779B97F4A7C15 & MASK) ^ offset ^ minhash._FIRST)
    hashed = minhash._split_mix(np.array(made, np.uint64), offset ^ minhash._FIRST)
    assert not (hashed & np.uint64(0xFFFFFFFF)).any()
    assert len(set(minhash._places(hashed).tolist())) > 20
    assert np.array_equal(in_numpy(*rows_of([made])), in_rensa(*rows_of([made])))


@pytest.mark.usefixtures("fresh")
def test_rensa_is_used_where_it_is_at_hand_and_gives_our_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without it, or with a version of another scheme, numpy answers, and the answer is the same."""
    wanted = signatures([program(1), "x"])
    assert minhash._compiled() is in_rensa
    matrix = SimpleNamespace(to_rows=lambda: [[0] * PERMUTATIONS] * 3)
    other = SimpleNamespace(digest_matrix_from_flat_token_hashes=lambda *_: matrix)
    stranger = ModuleType("rensa")
    stranger.RMinHash = other  # type: ignore[attr-defined]
    for module in (None, stranger, ModuleType("rensa")):
        monkeypatch.setitem(sys.modules, "rensa", module)
        minhash._compiled.cache_clear()
        assert minhash._compiled() is None
        assert np.array_equal(signatures([program(1), "x"]), wanted)


def test_signatures_are_what_they_were() -> None:
    """The bytes are part of what a run keeps: who changes them raises SCHEME."""
    found = signatures([program(1), "def f(x):\n    return x", "", "é—x"])
    assert minhash.SCHEME == 2
    assert hashlib.sha256(found.astype("<u4").tobytes()).hexdigest()[:16] == "d1b91c2fb829c584"


@given(
    st.lists(st.text("ab( \n", max_size=30), max_size=10),
    st.lists(st.integers(0, 10), max_size=3),
)
def test_a_text_has_its_signature_in_any_company(texts: list[str], cuts: list[int]) -> None:
    """However texts are parted, the rows are the same."""
    whole = signatures(texts)
    assert whole.shape == (len(texts), PERMUTATIONS)
    bounds = [0, *sorted(min(cut, len(texts)) for cut in cuts), len(texts)]
    parts = [texts[low:high] for low, high in pairwise(bounds)]
    assert np.array_equal(np.concatenate([signatures(part) for part in parts]), whole)
    assert np.array_equal(signatures_of(*joined(texts)), whole)


def test_many_texts_may_come_one_by_one() -> None:
    """More than are held at a time, from a generator."""
    found = signatures(f"x{number % 7}" for number in range(1100))
    assert len(found) == 1100
    assert np.array_equal(found[:7], found[1092:1099])
    assert len(np.unique(found, axis=0)) == 7


@pytest.mark.parametrize("lines", [8, 60, 400])
def test_the_estimate_is_near_the_true_similarity(lines: int) -> None:
    """No bias, and a standard error under 0.05, for short texts and long ones."""
    base = program(1, lines).split("\n")
    errors = []
    for cut in range(1, 40):
        kept = max(lines * cut // 40, 1)
        other = "\n".join(base[:kept] + program(cut + 2, lines).split("\n")[kept:])
        estimate = estimated_jaccard(*signatures(["\n".join(base), other]))
        errors.append(estimate - jaccard(shingle_set("\n".join(base)), shingle_set(other)))
    assert abs(float(np.mean(errors))) < 0.03
    assert float(np.std(errors)) < 0.05


def test_a_signature_is_the_same_in_every_process() -> None:
    """Nothing of Python's own hashing is in it."""
    code = (
        "from hornbook.similarity.minhash import signatures as s; print(*s(['a b c d e f g'])[0])"
    )
    for seed in ("0", "1"):
        result = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert list(map(int, result.stdout.split())) == signatures(["a b c d e f g"])[0].tolist()
