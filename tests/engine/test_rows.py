"""Facts about rows that share a job."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.engine import InProcess, JobFailure, Limits, Workers, run_rows
from hornbook.errors import HornbookError


@dataclass
class Lengths:
    """The length of each text; some texts raise, kill, or never end."""

    log: str = ""
    version: str = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: list[str]) -> dict[str, Any]:
        if self.log:
            with Path(self.log).open("a") as handle:
                handle.write(f"{len(payload)}\n")
        for text in payload:
            if text == "kill":
                os._exit(1)
            if text == "endless":
                time.sleep(600)
            if text.startswith("raise"):
                raise ValueError(f"can't read {text}")
        return {"rows": [len(text) for text in payload]}


texts = st.lists(st.sampled_from(["a", "bb", "ccc", "raise 1", "raise 2"]), max_size=30)


@settings(max_examples=60)
@given(texts, st.integers(1, 12))
def test_only_the_rows_at_fault_are_lost(rows: list[str], rows_per_job: int) -> None:
    """However rows are cut into jobs, each has its own result or its own reason."""
    found = run_rows(InProcess(), Lengths(), rows, rows_per_job)
    expected = [
        JobFailure("", f"ValueError: can't read {row}") if row.startswith("raise") else len(row)
        for row in rows
    ]
    assert found == expected


def test_rows_that_kill_or_never_end_are_lost_alone(tmp_path: Path) -> None:
    """In workers as well; what is tried again is little, and a time is shared out."""
    rows = ["x" * n for n in range(64)]
    rows[5], rows[40] = "kill", "endless"
    log = tmp_path / "log"
    executor = Workers(2, Limits(seconds=0.8))
    found = run_rows(executor, Lengths(str(log)), rows, rows_per_job=8)
    assert found[5] == JobFailure("", "killed its worker 3 times")
    assert found[40] == JobFailure("", "did not end within 0.8 s")
    assert [found[n] for n in range(64) if n not in (5, 40)] == [
        n for n in range(64) if n not in (5, 40)
    ]
    # 8 jobs; for each culprit two pieces at sizes 4, 2 and 1; and two more tries of the killer.
    assert len(log.read_text().split()) == 8 + 2 * 2 * 3 + 2


class Forgetful(Lengths):
    """Leaves a row out."""

    def __call__(self, payload: list[str]) -> dict[str, Any]:
        return {"rows": [len(text) for text in payload[1:]]}


def test_a_work_that_leaves_out_a_row_is_found_out() -> None:
    """Results can't move to a neighbour in silence."""
    with pytest.raises(HornbookError, match="gave 2 results for 3 rows"):
        run_rows(InProcess(), Forgetful(), ["a", "b", "c"], 3)


@dataclass
class Loads(Lengths):
    """Counts how often it was set up."""

    loaded: int = 0

    def setup(self) -> None:
        self.loaded += 1


def test_what_is_dear_to_load_is_loaded_once() -> None:
    """Halving jobs, and calling again with the same work, sets nothing up anew."""
    executor, work = InProcess(), Loads()
    for _ in range(2):
        run_rows(executor, work, ["a", "raise 1", "b", "c"], 4)
    assert work.loaded == 1


def test_what_one_row_costs(tmp_path: Path) -> None:
    """A row in 40 that raises is tried at most seven times; so says the page."""
    log = tmp_path / "log"
    rows = ["a"] * 40
    rows[15] = "raise 1"
    run_rows(InProcess(), Lengths(str(log)), rows, 40)
    assert log.read_text().split() == [
        "40",
        "20",
        "20",
        "10",
        "10",
        "5",
        "5",
        "3",
        "2",
        "2",
        "1",
        "1",
        "1",
    ]
