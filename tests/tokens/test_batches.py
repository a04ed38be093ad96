from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.tokens import Batches, Mixture, Packed, Window, write_packed
from hornbook.tokens.packed import Encoded
from tests.tiny_model import table, tokenizer

CONTEXT = 8


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
    found = [int(t) for n in range(count) for t in source.sequence(n).tokens[:-1]]
    return found[:tokens]


def same(one: Window, other: Window) -> bool:
    arrays = zip(one[:3], other[:3], strict=True)
    return one.table == other.table and all((a == b).all() for a, b in arrays)


def documents_of(tokens: list[int]) -> Iterator[tuple[int, ...]]:
    document: list[int] = []
    for token in tokens:
        document.append(token)
        if token == tokenizer().end_of_text:
            yield tuple(document)
            document = []
    assert document == []


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), min_size=1, max_size=12))
def test_every_document_is_there_once_an_epoch_and_no_token_is_lost(
    sizes: list[tuple[int, int]],
) -> None:
    """Documents longer than the context, or of nothing but their end, are read whole as well."""
    documents = [lesson(n, prompt, body) for n, (prompt, body) in enumerate(sizes)]
    with TemporaryDirectory() as folder:
        packed = table(Path(folder), documents)
        size = len(packed)
        tokens = stream(packed, 3 * size)
        whole = Counter((*each.ids, tokenizer().end_of_text) for each in documents)
        for epoch in range(3):
            assert Counter(documents_of(tokens[epoch * size : (epoch + 1) * size])) == whole


def test_every_epoch_has_its_own_order(code: Packed) -> None:
    """Three epochs are not one epoch read three times."""
    size = len(code)
    tokens = stream(code, 3 * size)
    assert len({tuple(tokens[n * size : (n + 1) * size]) for n in range(3)}) == 3


def test_windows_overlap_by_one_token(code: Packed) -> None:
    """A window's last target is the next window's first input, so every token is a target once."""
    source = batches(code)
    for number in range(100):
        assert source.sequence(number).tokens[-1] == source.sequence(number + 1).tokens[0]


@given(st.lists(st.integers(0, 499), min_size=1, max_size=20), st.integers(0, 2**40))
@settings(max_examples=20)
def test_a_sequence_is_a_function_of_seed_and_number(numbers: list[int], seed: int) -> None:
    """Whatever was read before it, and by how many readers."""
    with TemporaryDirectory() as folder:
        code = table(Path(folder), LESSONS)
        one = batches(code, seed=seed)
        read = [one.sequence(number) for number in numbers]
        for number, window in zip(numbers, read, strict=True):
            assert same(window, batches(code, seed=seed).sequence(number))


def test_another_seed_gives_another_order(code: Packed) -> None:
    size = len(code)
    assert stream(code, size, seed=1) != stream(code, size, seed=2)


def test_what_belongs_to_a_prompt_is_marked_as_not_learnt(code: Packed) -> None:
    """The mask is about targets: it stands one token later than the inputs."""
    source = batches(code)
    end = tokenizer().end_of_text
    for number in range(200):
        window = source.sequence(number)
        targets = window.tokens[1:]
        assert (len(window.tokens), len(window.learn)) == (CONTEXT + 1, CONTEXT)
        assert window.learn.tolist() == [t % 2 == 1 or t == end for t in targets.tolist()]


@pytest.mark.parametrize("number", [-1, 500, 10**9])
def test_beyond_the_phase_there_is_no_sequence(code: Packed, number: int) -> None:
    """A negative number does not count from the end."""
    assert len(batches(code).sequence(499).tokens) == CONTEXT + 1
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
        assert same(mixed.sequence(number), alone[name].sequence(index))
        names.append(name)
    assert Counter(names) == {"low": 60, "high": 20}


def test_a_window_numbers_its_documents(code: Packed) -> None:
    """From 0 on; an end-of-text belongs to the document it ends, and epochs count on."""
    source, wrapped = batches(code), False
    for number in range(300):
        window = source.sequence(number)
        ends = (window.tokens[:-1] == tokenizer().end_of_text).cumsum()
        assert window.documents.tolist() == [0, *ends.tolist()]
        first = number * CONTEXT
        wrapped |= first // len(code) != (first + CONTEXT) // len(code)
    assert wrapped


def test_a_window_has_the_types_that_training_reads(code: Packed) -> None:
    """And says which table it is from."""
    window = batches(code).sequence(3)
    assert [str(each.dtype) for each in window[:3]] == ["int64", "bool", "int32"]
    assert [len(each) for each in window[:3]] == [CONTEXT + 1, CONTEXT, CONTEXT + 1]
    assert window.table == "code"


@settings(max_examples=20)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(1, 60))
def test_the_size_of_files_changes_no_window(sizes: list[int], shard_tokens: int) -> None:
    """Nor does a document's place in them."""
    documents = [lesson(n, size % 3, size) for n, size in enumerate(sizes)]
    with TemporaryDirectory() as folder:
        one = table(Path(folder), documents, "code")
        write_packed(Path(folder), "cut", documents, tokenizer(), shard_tokens)
        cut = replace(Packed.open(Path(folder), "cut", tokenizer().digest), name="code")
        for number in range(0, 60, 7):
            assert same(batches(one).sequence(number), batches(cut).sequence(number))


@settings(max_examples=20)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(1, 40))
def test_packing_throws_no_token_away(sizes: list[int], sequences: int) -> None:
    """Every token of every epoch is an input once, in the stream's order, up to the phase's end;
    and the targets are the same stream, one token later."""
    with TemporaryDirectory() as folder:
        packed = table(Path(folder), [lesson(n, size % 3, size) for n, size in enumerate(sizes)])
        source = batches(packed, sequences)
        windows = [source.sequence(number).tokens.tolist() for number in range(sequences)]
        inputs = [token for each in windows for token in each[:-1]]
        targets = [token for each in windows for token in each[1:]]
        assert inputs[1:] == targets[:-1]
        epochs = -(-len(inputs) // len(packed))
        whole = Counter(packed.read(0, len(packed)).tolist())
        for epoch in range(epochs):
            part = Counter(inputs[epoch * len(packed) : (epoch + 1) * len(packed)])
            assert part == whole if epoch < epochs - 1 else part <= whole


READER = """
import hashlib, json, sys
from pathlib import Path
from hornbook.tokens import Batches, Mixture, Packed
folder, digest, context, seed, sequences, rank, world = json.loads(sys.argv[1])
tables = {name: Packed.open(Path(folder), name, digest) for name in ("code", "books")}
batches = Batches(Mixture(tables, {"code": 0.7, "books": 0.3}), context, seed, sequences)
for number in range(rank, sequences, world):
    window = batches.sequence(number)
    said = b"".join(array.tobytes() for array in window[:3])
    print(number, window.table, hashlib.sha256(said).hexdigest())
"""


def read_by_processes(folder: Path, seed: int, world: int) -> list[str]:
    """What `world` processes read that share out the numbers, in the numbers' order."""
    asked = [str(folder), tokenizer().digest, CONTEXT, seed, 100]
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, json.dumps([*asked, rank, world])],
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(world)
    ]
    lines = [line for reader in readers for line in reader.communicate()[0].splitlines()]
    assert [reader.returncode for reader in readers] == [0] * world
    return sorted(lines, key=lambda line: int(line.split()[0]))


@settings(max_examples=3)
@given(st.integers(0, 2**40), st.integers(2, 5))
def test_any_number_of_processes_reads_what_one_does(seed: int, world: int) -> None:
    """Each with nothing but the files, the seed and its numbers."""
    with TemporaryDirectory() as folder:
        for name in ("code", "books"):
            table(Path(folder), LESSONS if name == "code" else LESSONS[::-2], name)
        alone = read_by_processes(Path(folder), seed, 1)
        assert len(alone) == 100
        assert read_by_processes(Path(folder), seed, world) == alone
