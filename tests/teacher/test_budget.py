from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.errors import ConfigError, DamagedFileError, RunFolderError
from hornbook.teacher.budget import Budget, Limits, Prices
from hornbook.teacher.cache import Spent, Store
from hornbook.teacher.expected import expected
from hornbook.teacher.request import Answer, BudgetSpent

PRICES = Prices(2.0, 8.0)


def test_a_request_under_way_at_a_death_counts_in_full(tmp_path: Path) -> None:
    """Nobody knows whether it was paid."""
    place = tmp_path / "s.sqlite"
    with Store(place) as store:
        budget = Budget(store, Limits(tokens=1000))
        budget.settle(budget.reserve(100, 50), 70, 20)
        budget.release(budget.reserve(100, 50))
        budget.reserve(300, 100)
    with Store(place) as store:
        budget = Budget(store, Limits(tokens=1000))
        assert budget.tokens == 490
        with pytest.raises(BudgetSpent, match="490 of 1,000 tokens"):
            budget.reserve(500, 11)
        budget.reserve(500, 10)


def test_money_counts_at_the_price_that_was_paid(tmp_path: Path) -> None:
    """What was paid when no price was known costs what it does now."""
    place = tmp_path / "s.sqlite"
    with Store(place) as store:
        budget = Budget(store, Limits(prices=Prices(1.0, 1.0)))
        budget.settle(budget.reserve(10, 10), 500_000, 500_000)
        assert budget.money == 1.0
    with Store(place) as store:
        budget = Budget(store, Limits())
        assert budget.money is None
        budget.settle(budget.reserve(10, 10), 500_000, 0)
    with Store(place) as store:
        assert Budget(store, Limits(money=9.0, prices=PRICES)).money == 2.0


def test_money_needs_prices() -> None:
    with pytest.raises(ConfigError, match="--price-in"):
        Limits(money=1.0)


@given(
    st.integers(0, 5000),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(0, 2)), max_size=12),
)
def test_no_order_of_events_overruns(limit: int, events: list[tuple[int, int, int]]) -> None:
    """Reserved, settled below, released or left open: the sum stays at or below the limit."""
    with Store(Path(":memory:")) as store:
        budget = Budget(store, Limits(tokens=limit))
        for tokens_in, tokens_out, end in events:
            try:
                number = budget.reserve(tokens_in, tokens_out)
            except BudgetSpent:
                assert budget.tokens + tokens_in + tokens_out > limit
                continue
            if end == 0:
                budget.settle(number, tokens_in // 2, tokens_out // 2)
            elif end == 1:
                budget.release(number)
            else:
                budget.unknown(number)
            assert budget.tokens <= limit
            assert budget.tokens == sum(part.tokens_in + part.tokens_out for part in store.spent())


def test_one_process_has_a_store(tmp_path: Path) -> None:
    """A second one is told so, and what is no store is left alone."""
    with Store(tmp_path / "s.sqlite") as store:
        store.open(Spent(1, 1, None, None))
        with pytest.raises(RunFolderError, match="another process"):
            Store(tmp_path / "s.sqlite")
    (tmp_path / "other").write_text("no database at all, but a long enough text " * 50)
    with pytest.raises(DamagedFileError, match="no store of answers"):
        Store(tmp_path / "other")
    newer = sqlite3.connect(tmp_path / "newer")
    newer.execute("pragma user_version = 99")
    newer.close()
    with pytest.raises(DamagedFileError, match="another version"):
        Store(tmp_path / "newer")
    with pytest.raises(RunFolderError):
        Store(tmp_path)


def test_any_text_is_kept(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        answer = Answer("\0 'quoted' \U0001f600", "m", "stop", 5, 3, 2)
        store.put("k", answer)
        found = store.get("k")
        assert found is not None
        assert found.text == answer.text
        assert store.get("other") is None


def test_what_is_expected_rests_on_answers_where_there_are_some() -> None:
    """Before: wide. After twenty: narrow, around their mean."""
    limits = Limits(prices=PRICES)
    before = expected((10, 10), [4000], [], limits)
    assert before.measured == 0
    assert before.money == ((8000 * 2 + 300 * 8) / 1e6, (16000 * 2 + 1500 * 8) / 1e6)
    after = expected((10, 10), [4000], [(1000, 50), (1010, 50)] * 20, limits)
    assert after.measured == 40
    assert after.tokens_out == (500, 500)
    assert 10_030 < after.tokens_in[0] < 10_050 < after.tokens_in[1] < 10_070
