"""Facts about the causes of verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hornbook.evaluate.explain import CAUSES, cause_table, explain, explain_all
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import Limits, judge_all, open_sandbox

PROBLEM = Problem(
    task_id="h/1",
    benchmark="humaneval",
    label="public",
    family="h/1",
    prompt='def f(x):\n    """Double."""\n',
    entry_point="f",
    canonical_solution="    return 2 * x\n",
    test="def check(candidate):\n    assert candidate(2) == 4\n",
)
WHOLE = replace(PROBLEM, prompt='"""\nDouble.\n"""\n', benchmark="mbpp")
STOP = ("\ndef ", "\n#")

CASES = [
    ("    return 2 * x\n", "end-of-text", PROBLEM, "passed"),
    ("    return 2 * x", "stop-string", PROBLEM, "passed"),
    ("    return x\n", "stop-string", PROBLEM, "wrong"),
    ("    return x\n", "length", PROBLEM, "wrong"),
    ('    t = """\n', "stop-string", PROBLEM, "cut by stop list"),
    ("    for y in x:\n", "stop-string", PROBLEM, "cut by stop list"),
    ("", "stop-string", PROBLEM, "cut by stop list"),
    ("import math\n", "stop-string", WHOLE, "cut by stop list"),
    ("    return )x\n", "stop-string", PROBLEM, "syntax"),
    ("    return (2 *", "length", PROBLEM, "truncated"),
    ("    y = 'abc", "length", PROBLEM, "truncated"),
    ("    pass", "length", PROBLEM, "truncated"),
    ("    return )x\n    y = 1\n    z = 2", "length", PROBLEM, "syntax"),
    ("    return (2 *", "end-of-text", PROBLEM, "syntax"),
    ("    return )", "end-of-text", PROBLEM, "syntax"),
    ("def g(x):\n    return x\n", "end-of-text", WHOLE, "name missing"),
    ("", "end-of-text", PROBLEM, "wrong"),
    ("    return 1 / 0\n", "end-of-text", PROBLEM, "exception"),
    ("    import os\n    os._exit(0)\n", "end-of-text", PROBLEM, "exception"),
    ("    return [0] * 10**9\n", "end-of-text", PROBLEM, "memory"),
    ("    return '\x00'\n", "end-of-text", PROBLEM, "refused"),
]


def test_every_cause_is_told_by_evidence() -> None:
    """Real verdicts on real answers, and how they ended."""
    rows = []
    for number, (text, ended, problem, _) in enumerate(CASES):
        row = Completion(str(number), "h/1", problem.benchmark, "arm", text, 1, ended)
        rows.append((problem, row))
    verdicts = judge_all(open_sandbox, rows, Limits(cpu_seconds=1, memory_mb=256), 2)
    found = explain_all(
        [(problem, row, verdict) for (problem, row), verdict in zip(rows, verdicts, strict=True)],
        STOP,
    )
    told = [(text, ended, row.cause) for (text, ended, *_), row in zip(CASES, found, strict=True)]
    assert told == [(text, ended, cause) for text, ended, _, cause in CASES]


def verdict(status: str, kind: str = "") -> Verdict:
    return Verdict("c", "h/1", "humaneval", "arm", status, "", 0.0, "A", kind=kind)


@pytest.mark.parametrize(
    ("status", "kind", "cause"),
    [
        ("infrastructure_error", "lost", "infrastructure"),
        ("timed_out", "time", "time-out"),
        ("refused", "refused", "refused"),
        ("failed", "protocol", "exception"),
        ("failed", "", "wrong"),
    ],
)
def test_what_the_sandbox_says_of_itself_is_taken_over(status: str, kind: str, cause: str) -> None:
    """No look at the text is needed."""
    row = Completion("c", "h/1", "humaneval", "arm", "    return x\n", 1, "length")
    assert explain(PROBLEM, row, verdict(status, kind), STOP) == cause
    assert cause in CAUSES


def test_an_empty_stop_list_cuts_nothing() -> None:
    """An answer can't have been cut by what was not there."""
    row = Completion("c", "h/1", "humaneval", "arm", "    x = (", 1, "stop-string")
    assert explain(PROBLEM, row, verdict("failed", "syntax"), ()) == "syntax"


def test_the_table_counts_causes_by_arm_and_benchmark() -> None:
    """A column for each arm and benchmark, a row for each cause that occurs."""
    rows = []
    for arm, text in (("good", "    return 2 * x\n"), ("bad", ""), ("bad", "    x")):
        row = Completion("c", "h/1", "humaneval", arm, text, 1, "end-of-text")
        rows.append((PROBLEM, row, verdict("passed" if arm == "good" else "failed")))
    table = cause_table(explain_all(rows, STOP)).splitlines()
    assert table[0].split() == ["cause", "good", "humaneval", "bad", "humaneval"]
    assert [line.split() for line in table[1:]] == [["passed", "1", "0"], ["wrong", "0", "2"]]
