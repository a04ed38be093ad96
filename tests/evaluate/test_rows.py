"""Facts about the rows of a verdict file."""

from __future__ import annotations

import json

import pytest

from hornbook.evaluate.rows import Ruling, line_of, result_of, row_of, ruling_of
from hornbook.evaluate.samples import Sample

SAMPLE = Sample(3, "toy/1", "completion", "    return 1\n", 2)
FAILED = Ruling(
    "failed", "assertion", "AssertionError: \x1b \ud800", "a == 1", "1", "2", 0.25, "A", False
)


def test_a_row_has_our_columns_and_human_evals() -> None:
    """`passed` and `result` stand where scripts look for them."""
    row = row_of(SAMPLE, FAILED)
    assert list(row) == [
        "task_id", "completion_id", "sample", "passed", "result", "verdict", "kind", "reason",
        "assertion", "expected", "actual", "seconds", "tier", "forgeable",
    ]  # fmt: skip
    assert (row["task_id"], row["sample"], row["passed"]) == ("toy/1", 2, False)
    assert row["result"].startswith("failed: AssertionError")


@pytest.mark.parametrize(
    ("verdict", "result"),
    [("passed", "passed"), ("timed_out", "timed out"), ("memory", "failed: m")],
)
def test_results_are_in_human_evals_words(verdict: str, result: str) -> None:
    """Its scripts compare with these texts."""
    ruling = Ruling(verdict, "", "m" if verdict == "memory" else "", "", "", "", 0, "A", False)
    assert result_of(ruling) == result


def test_a_line_is_plain_ascii_and_comes_back() -> None:
    """Whatever a program said, it is one line, and reading it gives the same ruling."""
    line = line_of(row_of(SAMPLE, FAILED))
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert ruling_of(json.loads(line), SAMPLE) == FAILED


@pytest.mark.parametrize(
    "change",
    [
        {"task_id": "toy/2"}, {"sample": 1}, {"passed": True}, {"result": "passed"},
        {"verdict": "passed"}, {"kind": "x"}, {"seconds": None}, {"forgeable": "no"}, {"more": 1},
        {"reason": 3}, {"completion_id": "0"},
    ],
)  # fmt: skip
def test_a_row_that_was_changed_is_not_taken_over(change: dict[str, object]) -> None:
    """Each column has to fit the sample and the others."""
    row = {**json.loads(line_of(row_of(SAMPLE, FAILED))), **change}
    assert ruling_of(row, SAMPLE) is None
