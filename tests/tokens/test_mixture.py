from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.tokens import Epochs, Mixture
from hornbook.tokens.packed import Encoded
from tests.tiny_model import table

SHARES = st.lists(st.integers(1, 9) | st.sampled_from([0.1, 0.25, 1 / 3, 0.85]), min_size=1, max_size=5)  # fmt: skip


@given(SHARES, st.integers(1, 400))
def test_tables_take_turns_evenly_at_every_moment(shares: list[float], count: int) -> None:
    """No table is ever further from its share than half a sequence for each table before it."""
    names = [f"t{n}" for n in range(len(shares))]
    mixture = Mixture({}, dict(zip(names, shares, strict=True)))
    seen: Counter[str] = Counter()
    for number in range(count):
        name, index = mixture.place(number)
        assert index == seen[name]
        seen[name] += 1
        for name, share in mixture.shares.items():
            wanted = (number + 1) * share / sum(shares)
            assert abs(seen[name] - wanted) <= max(1, len(shares) - 1) / 2 + 1e-6


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 5))
def test_shares_are_exact_after_whole_rounds(shares: list[int], rounds: int) -> None:
    """Of 4 sequences with shares 3 and 1, three and one; of 400, 300 and 100."""
    mixture = Mixture({}, {f"t{n}": share for n, share in enumerate(shares)})
    seen = Counter(mixture.place(number)[0] for number in range(rounds * sum(shares)))
    assert seen == {name: rounds * share for name, share in mixture.shares.items()}


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9), min_size=2), st.integers(0, 99))
def test_the_order_in_which_shares_are_written_changes_nothing(
    shares: dict[str, int], number: int
) -> None:
    """A recipe's table has no order."""
    turned = dict(reversed(shares.items()))
    assert Mixture({}, shares).place(number) == Mixture({}, turned).place(number)


def place_in_fractions(shares: dict[str, float], number: int) -> tuple[str, int]:
    """As the rule is written: each table takes its share of what the tables before it left."""
    names, left = sorted(shares), sum(map(Fraction, shares.values()))
    for name in names[:-1]:
        share = Fraction(shares[name]) / left
        before = floor(number * share + Fraction(1, 2))
        if floor((number + 1) * share + Fraction(1, 2)) > before:
            return name, before
        number, left = number - before, left - Fraction(shares[name])
    return names[-1], number


@given(SHARES, st.integers(0, 10**12))
def test_the_place_is_exact_however_far_the_phase(shares: list[float], number: int) -> None:
    """Whole numbers do the fractions' work."""
    named = {f"t{n}": share for n, share in enumerate(shares)}
    assert Mixture({}, named).place(number) == place_in_fractions(named, number)


@given(SHARES, st.integers(0, 300))
def test_counts_are_those_of_the_sequences_one_by_one(shares: list[float], sequences: int) -> None:
    """Without going through them."""
    mixture = Mixture({}, {f"t{n}": share for n, share in enumerate(shares)})
    seen = Counter(mixture.place(number)[0] for number in range(sequences))
    assert mixture.counts(sequences) == {name: seen[name] for name in mixture.shares}


@given(SHARES, st.integers(0, 10**12))
def test_number_is_place_the_other_way_round(shares: list[float], number: int) -> None:
    """Of every sequence."""
    mixture = Mixture({}, {f"t{n}": share for n, share in enumerate(shares)})
    assert mixture.number(*mixture.place(number)) == number


def test_epochs_say_shares_and_tokens(tmp_path: Path) -> None:
    """30 tokens three times and 20 tokens one and a half times are 120 tokens, three in four of one."""
    tables = {
        "books": table(tmp_path, [Encoded([1] * 9)] * 2, "books"),
        "code": table(tmp_path, [Encoded([1] * 9)] * 3, "code"),
    }
    mixture = Mixture.of(tables, {"code": Epochs(epochs=3.0), "books": Epochs(epochs=1.5)})
    assert mixture.tokens_by_epochs() == 120
    assert mixture.counts(120) == {"code": 90, "books": 30}


def test_a_mixture_by_shares_says_no_number_of_tokens(tmp_path: Path) -> None:
    """It goes on for as long as the phase does."""
    tables = {"code": table(tmp_path, [Encoded([1])])}
    assert Mixture.of(tables, {"code": 0.5}).tokens_by_epochs() is None
    assert Mixture.of(tables, {"code": 0.5}).place(7) == ("code", 7)


@pytest.mark.parametrize("epochs", [0.1, 1 / 3, 2.7])
def test_tokens_by_epochs_are_the_table_so_many_times(tmp_path: Path, epochs: float) -> None:
    """To the nearest token."""
    tables = {"code": table(tmp_path, [Encoded([1] * 99)] * 7)}
    assert Mixture.of(tables, {"code": Epochs(epochs=epochs)}).tokens_by_epochs() == round(
        700 * epochs
    )
