"""Facts about what has to hold before a model is scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hornbook.benchmarks import entry, find, load
from hornbook.errors import HornbookError, PreflightFailed
from hornbook.evaluate import EvaluateSettings
from hornbook.evaluate.preflight import Preflight, preflight, require, shifted
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import FakeSandbox, Limits, judge_all, open_sandbox

STOP = EvaluateSettings().stop
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


def judge(pairs: Sequence[tuple[Problem, Completion]]) -> list[Verdict]:
    return judge_all(open_sandbox, pairs, Limits(cpu_seconds=10, wall_seconds=60), 2)


def faults(result: Preflight) -> list[str]:
    return [check.name for check in result.failed]


@pytest.mark.parametrize("name", ["humaneval", "humanevalplus-mini", "mbpp", "mbpp-sanitized"])
def test_published_benchmarks_pass(benchmark_files: Path, name: str) -> None:
    """All solutions pass, nothing else does, and our stop list cuts none of them."""
    path = find(entry(name), benchmark_files)
    assert path is not None
    result = preflight(load(entry(name), path), judge, STOP, lambda text: text)
    assert result.words == ""
    assert len(result.checks) == 5
    require(result)


def test_a_benchmark_with_a_wrong_solution_or_an_empty_test_fails() -> None:
    """The check, the problems at fault and what to do are in the message; it is no user's mistake."""
    wrong = replace(PROBLEM, task_id="h/2", canonical_solution="    return x\n")
    empty = replace(PROBLEM, task_id="h/3", test="def check(candidate):\n    pass\n")
    result = preflight([PROBLEM, wrong, empty], judge, STOP)
    assert faults(result) == ["canonical solutions", "empty answers"]
    with pytest.raises(
        PreflightFailed, match=r"humaneval is not scored: .*2 of 3 pass.*h/2"
    ) as told:
        require(result)
    assert "1 of 3 pass, none wanted (h/3) - a test that nothing satisfies" in str(told.value)
    assert not isinstance(told.value, ValueError)
    assert isinstance(told.value, HornbookError)


def mending(change: Callable[[str], str]) -> Callable[..., list[Verdict]]:
    """A judge that does something to answers before it runs them."""

    def lenient(pairs: Sequence[tuple[Problem, Completion]]) -> list[Verdict]:
        return judge([(problem, replace(row, text=change(row.text))) for problem, row in pairs])

    return lenient


def test_a_judge_that_mends_or_breaks_white_space_is_found() -> None:
    """A lost space is the commonest fault of a harness; both directions show."""
    mended = mending(lambda text: "    " + text.strip() + "\n" if text else text)
    assert faults(preflight([PROBLEM], mended, STOP)) == ["shifted answers"]
    assert faults(preflight([PROBLEM], mending(lambda text: text[1:]), STOP)) == [
        "canonical solutions"
    ]
    assert faults(preflight([PROBLEM], mending(str.strip), STOP)) == ["canonical solutions"]


def test_a_shift_that_python_accepts_is_left_out_and_counted() -> None:
    """A body of one line under a bare signature may stand at any depth."""
    bare = replace(PROBLEM, task_id="h/4", prompt="def f(x):\n")
    result = preflight([PROBLEM, bare], judge, STOP)
    (check,) = [check for check in result.checks if check.name == "shifted answers"]
    assert check.ok
    assert check.found == "0 of 1 pass"
    assert check.detail == "1 left out: without a solution or still Python"
    assert shifted("  # why\n  return 1") == "  # why\n return 1"


def test_a_stop_list_that_cuts_good_code_is_found() -> None:
    """The problem and the string are named."""
    two = "    y = 2 * x\n# the result\n    return y\n"
    result = preflight([replace(PROBLEM, canonical_solution=two)], judge, STOP)
    (fault,) = result.failed
    assert fault.name == "stop list"
    assert "h/1 at '\\n#'" in fault.detail
    assert faults(preflight([PROBLEM], judge, ())) == []


def test_a_solution_that_fails_anyway_is_not_the_stop_lists_fault() -> None:
    """One fault, one check."""
    wrong = replace(PROBLEM, canonical_solution="    return x\n# no\n")
    assert faults(preflight([wrong], judge, STOP)) == ["canonical solutions"]


def test_a_tokenizer_that_loses_a_space_is_found() -> None:
    """Every prompt has to come back from the tokenizer as it went in."""
    result = preflight([PROBLEM], judge, STOP, lambda text: text.replace("    ", "   "))
    assert faults(result) == ["prompts through the tokenizer"]
    assert "0 of 1 come back, all wanted (h/1)" in result.words


def test_problems_without_a_solution_are_counted() -> None:
    """They take part in what needs no solution."""
    unsolved = replace(PROBLEM, task_id="h/5", canonical_solution="")
    result = preflight([PROBLEM, unsolved], judge, STOP)
    assert result.ok
    assert [check.found for check in result.checks[:2]] == ["1 of 1 pass", "0 of 2 pass"]
    assert result.checks[0].detail == "1 left out: without a solution"
    assert preflight([unsolved], judge, STOP).ok


def test_a_check_that_was_lost_is_no_success() -> None:
    """Without a verdict nothing is known, so nothing is scored; many names are cut short."""
    sandbox = FakeSandbox(lambda program: "infrastructure_error")
    many = [replace(PROBLEM, task_id=f"h/{n}") for n in range(12)]
    result = preflight(many, lambda pairs: [sandbox.judge(*pair) for pair in pairs], STOP)
    assert faults(result) == ["canonical solutions", "empty answers", "shifted answers"]
    assert "and 4 more" in result.words
