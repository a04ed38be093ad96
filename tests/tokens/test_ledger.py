from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.errors import ConfigError
from hornbook.records import content_id
from hornbook.tokens import Batches, Ledger, Mixture, Packed, Times
from hornbook.tokens.order import Order
from hornbook.tokens.packed import Encoded
from tests.tiny_model import table, tokenizer

CONTEXT = 8
SHARES = {"code": 0.7, "books": 0.3}


def row(table_name: str, number: int) -> str:
    return content_id(f"{table_name} {number}")


def tables(folder: Path, sizes: list[int]) -> dict[str, Packed]:
    """Two tables; the token of a document is its number, so that a window tells whom it is from."""
    return {
        name: table(
            folder, [Encoded([n + 1] * size, 0, row(name, n)) for n, size in enumerate(mine)], name
        )
        for name, mine in (("code", sizes), ("books", sizes[::-1]))
    }


def phase(packed: dict[str, Packed], sequences: int, seed: int = 1) -> Batches:
    return Batches(Mixture(packed, SHARES), CONTEXT, seed, sequences)


@dataclass
class Seen:
    """What all windows together say of each document (table, number)."""

    whole: Counter[tuple[str, int]] = field(default_factory=Counter)
    tokens: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Without end-of-text."""
    first: dict[tuple[str, int], int] = field(default_factory=dict)


def read_one_by_one(batches: Batches, sequences: int) -> Seen:
    """A window's first token was its table's last one before, and counts once."""
    seen, before, end = Seen(), {"code": end_of_text(), "books": end_of_text()}, end_of_text()
    started: set[str] = set()
    for number in range(sequences):
        window = batches.sequence(number)
        name = window.table
        for token in window.tokens[name in started :].tolist():
            if token == end:
                seen.whole[name, before[name] - 1] += 1
            else:
                seen.tokens[name, token - 1] += 1
                seen.first.setdefault((name, token - 1), number)
            before[name] = token
        started.add(name)
    return seen


def end_of_text() -> int:
    return tokenizer().end_of_text


@settings(max_examples=40)
@given(st.lists(st.integers(1, 20), min_size=1, max_size=7), st.integers(0, 60), st.integers(0, 9))
def test_the_ledger_says_what_all_windows_together_say(
    sizes: list[int], sequences: int, seed: int
) -> None:
    """How often each document was read to its end, how far once more, and where it was met first."""
    with TemporaryDirectory() as folder:
        batches = phase(tables(Path(folder), sizes), 60, seed)
        ledger, seen = batches.ledger(sequences), read_one_by_one(batches, sequences)
        for name in SHARES:
            for number, size in enumerate(sizes if name == "code" else sizes[::-1]):
                times = ledger.times(name, row(name, number))
                assert times.whole == seen.whole[name, number]
                assert times.whole * size + times.tokens == seen.tokens[name, number]
                met = seen.first.get((name, number))
                assert ledger.first(name, row(name, number)) == (None if met is None else (0, met))


def test_a_row_of_no_table_was_never_read(tmp_path: Path) -> None:
    """Neither an unknown row, nor a known one of another table, nor any at the start."""
    batches = phase(tables(tmp_path, [3, 4]), 60)
    ledger = batches.ledger(60)
    assert ledger.times("code", row("code", 0)).ever
    for name, row_id in (("code", row("books", 0)), ("code", "x"), ("other", row("code", 0))):
        assert ledger.times(name, row_id) == (0, 0)
        assert ledger.first(name, row_id) is None
    assert batches.ledger(0).times("code", row("code", 0)) == (0, 0)
    assert batches.ledger(0).first("code", row("code", 0)) is None


def test_a_row_that_is_packed_twice_is_read_twice(tmp_path: Path) -> None:
    """Both of its documents count, and the first of them is the first."""
    twice = row("code", 0)
    packed = {"code": table(tmp_path, [Encoded([1] * 3, 0, twice), Encoded([2] * 3, 0, twice)])}
    batches = Batches(Mixture(packed, {"code": 1}), CONTEXT, 1, 10)
    assert batches.ledger(10).times("code", twice) == (20, 1)
    assert batches.ledger(10).first("code", twice) == (0, 0)


def test_ledgers_of_phases_add_up(tmp_path: Path) -> None:
    """A model has read what its trunk read and what its own phases did."""
    packed = tables(tmp_path, [3, 4, 5])
    trunk, own = phase(packed, 20).ledger(20), phase(packed, 30, seed=2).ledger(30)
    both = trunk + own
    for number in range(3):
        asked = "code", row("code", number)
        one, other = trunk.times(*asked), own.times(*asked)
        assert both.times(*asked) == Times(one.whole + other.whole, one.tokens + other.tokens)
        assert both.first(*asked) == trunk.first(*asked)
    later = (phase(packed, 20).ledger(0) + own).first("code", row("code", 1))
    assert later == (1, own.readings[0].first("code", row("code", 1)))


def test_a_ledger_goes_through_json(tmp_path: Path) -> None:
    """A few numbers for each table are enough to compute it again."""
    packed = tables(tmp_path, [3, 4, 5, 9])
    ledger = phase(packed, 40).ledger(33) + phase(packed, 40, seed=3).ledger(12)
    text = json.dumps(ledger.to_json())
    assert len(text) < 1200
    again = Ledger.from_json(json.loads(text), packed)
    for number in range(4):
        for name in SHARES:
            asked = name, row(name, number)
            assert again.times(*asked) == ledger.times(*asked)
            assert again.first(*asked) == ledger.first(*asked)


def test_a_ledger_of_other_tables_is_refused(tmp_path: Path) -> None:
    """With other documents the same interval means something else."""
    text = phase(tables(tmp_path / "a", [3, 4, 5]), 40).ledger(33).to_json()
    with pytest.raises(ConfigError, match="another table `books`"):
        Ledger.from_json(text, tables(tmp_path / "b", [3, 4, 6]))


@pytest.mark.parametrize("sequences", [-1, 61])
def test_a_phase_has_no_ledger_beyond_its_end(tmp_path: Path, sequences: int) -> None:
    with pytest.raises(IndexError, match="of 60"):
        phase(tables(tmp_path, [3]), 60).ledger(sequences)


def test_a_million_documents_are_asked_in_a_moment(tmp_path: Path) -> None:
    """The windows, millions of them, are not gone through."""
    count = 1_000_000
    rng = np.random.default_rng(1)
    offsets = np.concatenate([[0], np.cumsum(rng.integers(50, 1500, count))])
    ids = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    packed = Packed(
        "code", (), np.array([0, offsets[-1]]), offsets, np.zeros(count, np.int32), ids, "digest"
    )
    batches = Batches(Mixture({"code": packed}, {"code": 1}), 2048, 1, 10**7)
    ledger = batches.ledger(10**6)
    row_id = ids[123_456].tobytes().hex()
    start = time.monotonic()
    times, first = ledger.times("code", row_id), ledger.first("code", row_id)
    seconds = time.monotonic() - start
    assert times.whole in (10**6 * 2048 // offsets[-1], 10**6 * 2048 // offsets[-1] + 1)
    assert first is not None
    order = Order.of(packed, 1, 0)
    at = int(np.flatnonzero(order.documents == 123_456)[0])
    assert first[1] == (int(order.ends[at - 1]) - 1) // 2048
    assert seconds < 20
