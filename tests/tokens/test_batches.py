from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.tokens import Batches, Mixture, Packed
from hornbook.tokens.packed import Encoded
from tests.tiny_model import table, tokenizer

CONTEXT = 8
SHARES = st.lists(st.integers(1, 9) | st.sampled_from([0.1, 0.25, 1 / 3, 0.85]), min_size=1, max_size=5)  # fmt: skip


def lesson(number: int, prompt: int, body: int) -> Encoded:
    """Prompt tokens are even and bodies odd, so that a test can tell them apart; 150 documents at most."""
    return Encoded([2 + 2 * (number % 70)] * prompt + [3 + 2 * (number % 70)] * body, prompt)


LESSONS = [lesson(n, n % 4, (n * 5) % 23) for n in range(20)]


@pytest.fixture
def code(tmp_path: Path) -> Packed:
    return table(tmp_path, LESSONS)


def batches(packed: Packed, sequences: int = 500, seed: int = 1) -> Batches:
    return Batches(Mixture({"code": packed}, {"code": 1.0}), CONTEXT, seed, sequences)


def stream(packed: Packed, tokens: int, seed: int = 1) -> list[int]:
    """The first `tokens` tokens of the phase, from its windows' inputs."""
    count = -(-tokens // CONTEXT)
    source = batches(packed, count, seed)
    found = [int(t) for n in range(count) for t in source.sequence(n)[0][:-1]]
    return found[:tokens]


def documents_of(tokens: list[int]) -> Iterator[tuple[int, ...]]:
    document: list[int] = []
    for token in tokens:
        document.append(token)
        if token == tokenizer().end_of_text:
            yield tuple(document)
            document = []
    assert document == []


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


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), min_size=1, max_size=12))
def test_every_document_is_there_once_an_epoch_and_no_token_is_lost(
    sizes: list[tuple[int, int]],
) -> None:
    """Documents longer than the context, or of nothing but their end, are read whole as well."""
    documents = [lesson(n, prompt, body) for n, (prompt, body) in enumerate(sizes)]
    with TemporaryDirectory() as folder:
        packed = table(Path(folder), documents)
        size = len(packed.tokens)
        tokens = stream(packed, 3 * size)
        whole = Counter((*each.ids, tokenizer().end_of_text) for each in documents)
        for epoch in range(3):
            assert Counter(documents_of(tokens[epoch * size : (epoch + 1) * size])) == whole


def test_every_epoch_has_its_own_order(code: Packed) -> None:
    """Three epochs are not one epoch read three times."""
    size = len(code.tokens)
    tokens = stream(code, 3 * size)
    assert len({tuple(tokens[n * size : (n + 1) * size]) for n in range(3)}) == 3


def test_windows_overlap_by_one_token(code: Packed) -> None:
    """A window's last target is the next window's first input, so every token is a target once."""
    source = batches(code)
    for number in range(100):
        assert source.sequence(number)[0][-1] == source.sequence(number + 1)[0][0]


@given(st.lists(st.integers(0, 499), min_size=1, max_size=20), st.integers(0, 2**40))
@settings(max_examples=20, deadline=None)
def test_a_sequence_is_a_function_of_seed_and_number(numbers: list[int], seed: int) -> None:
    """Whatever was read before it, and by how many readers."""
    with TemporaryDirectory() as folder:
        code = table(Path(folder), LESSONS)
        one = batches(code, seed=seed)
        read = [one.sequence(number) for number in numbers]
        for number, (tokens, learn) in zip(numbers, read, strict=True):
            again, learnt = batches(code, seed=seed).sequence(number)
            assert (tokens == again).all()
            assert (learn == learnt).all()


def test_another_seed_gives_another_order(code: Packed) -> None:
    size = len(code.tokens)
    assert stream(code, size, seed=1) != stream(code, size, seed=2)


def test_what_belongs_to_a_prompt_is_marked_as_not_learnt(code: Packed) -> None:
    """The mask is about targets: it stands one token later than the inputs."""
    source = batches(code)
    end = tokenizer().end_of_text
    for number in range(200):
        tokens, learn = source.sequence(number)
        targets = tokens[1:]
        assert (len(tokens), len(learn)) == (CONTEXT + 1, CONTEXT)
        assert learn.tolist() == [t % 2 == 1 or t == end for t in targets.tolist()]


@pytest.mark.parametrize("number", [-1, 500, 10**9])
def test_beyond_the_phase_there_is_no_sequence(code: Packed, number: int) -> None:
    """A negative number does not count from the end."""
    assert len(batches(code).sequence(499)[0]) == CONTEXT + 1
    with pytest.raises(IndexError, match=f"sequence {number} of 500"):
        batches(code).sequence(number)


def test_a_mixture_reads_from_the_table_whose_turn_it_is(tmp_path: Path) -> None:
    """Each table is read as if it stood alone, at its own pace."""
    low = table(tmp_path, [Encoded([n] * 9) for n in range(1, 60)], "low")
    high = table(tmp_path, [Encoded([n] * 9) for n in range(200, 260)], "high")
    mixture = Mixture({"low": low, "high": high}, {"low": 3, "high": 1})
    mixed = Batches(mixture, CONTEXT, 1, 80)
    alone = {
        name: Batches(Mixture({name: packed}, {name: 1}), CONTEXT, 1, 80)
        for name, packed in mixture.tables.items()
    }
    names = []
    for number in range(80):
        name, index = mixture.place(number)
        assert (mixed.sequence(number)[0] == alone[name].sequence(index)[0]).all()
        names.append(name)
    assert Counter(names) == {"low": 60, "high": 20}
