"""Facts about when an answer agrees with the canonical solution."""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hornbook.benchmarks import entry, find, load
from hornbook.benchmarks.agreement import rule
from hornbook.records import Problem
from hornbook.sandbox.inside.sameness import decode

FEW = 25
"""Inputs of each problem that are tried here; all of them are where checks run in the sandbox."""


def same(task_id: str, atol: float = 0) -> Callable[[Any, Any, Any], bool]:
    names: dict[str, Any] = {}
    exec(rule(task_id, atol), names)
    return names["same"]  # type: ignore[no-any-return]


def test_floats_have_a_tolerance_and_other_values_none() -> None:
    """1e-6 where a float or a list of floats is expected; whole numbers and texts must be equal."""
    agree = same("HumanEval/0")
    assert agree(0.1 + 0.2, 0.3, [])
    assert agree([0.1 + 0.2, 1.0], [0.3, 1.0], [])
    assert agree(3, 3.0, [])
    assert not agree(3, 3.0000001, []), "unequal values of two types"
    assert not agree(0.31, 0.3, [])
    assert not agree([0.3], [0.3, 0.3], [])
    assert not agree((0.1 + 0.2,), [0.3], [])
    assert not agree(10**9 + 1, 10**9, [])
    assert not agree("a", 0.3, [])
    assert not agree(None, [], [])
    assert agree(float("nan"), float("nan"), [])
    assert not agree(1.0, float("inf"), [])
    assert not agree(float("-inf"), float("inf"), [])
    assert not agree(10**400, 1.0, [])


def test_a_problems_own_tolerance_holds_inside_nested_lists() -> None:
    """Where the benchmark gives one, numbers agree within it, whole ones as well."""
    agree = same("Mbpp/82", 1e-4)
    assert agree([(1.00001, 2)], [(1.0, 2)], [])
    assert not agree([(1.01, 2)], [(1.0, 2)], [])
    assert not agree([("a", 2)], [(1.0, 2)], [])


def test_tasks_with_another_rule() -> None:
    """Any order for sets, any true root, a match or True, both readings of two statements."""
    assert same("Mbpp/2")([5, 4, 4], (4, 5), [])
    assert not same("Mbpp/2")(None, (4, 5), [])
    assert not same("Mbpp/2")([[4], 5], (4, 5), [])
    assert same("HumanEval/32", 1e-4)(2.0, 1.0, [[2, -3, 1]])
    assert not same("HumanEval/32", 1e-4)(1.5, 1.0, [[2, -3, 1]])
    assert not same("HumanEval/32", 1e-4)(None, 1.0, [[2, -3, 1]])
    found = same("Mbpp/737")
    assert found(True, "a match", [])
    assert found("x", "a match", [])
    assert found(None, None, [])
    assert found(False, None, [])
    assert not found(0, None, []), "a value that is not a bool has to be None"
    assert same("Mbpp/558")(12, 2, [1, 12]) is False
    assert same("Mbpp/558")(2, 0, [1, 12])
    assert same("Mbpp/581")(33, 33, [3, 4])
    assert same("Mbpp/581")(35, 33, [3, 4])
    assert not same("Mbpp/581")(34, 33, [3, 4])


@pytest.mark.parametrize("name", ["humanevalplus", "humanevalplus-mini", "mbppplus"])
def test_every_canonical_solution_agrees_with_itself(benchmark_files: Path, name: str) -> None:
    """Tuples, sets and complex numbers arrive as such: the assertions and the inputs both hold."""
    path = find(entry(name), benchmark_files)
    assert path is not None
    for problem in load(entry(name), path):
        disagreements(problem)


def disagreements(problem: Problem) -> None:
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a few published solutions write "\\w" in plain texts
        exec(problem.prompt + problem.canonical_solution + problem.setup, names)
    solve = names[problem.entry_point]
    for packed in json.loads(problem.inputs)[:FEW]:
        args = [decode(each) for each in packed]
        if len(repr(args)) < 60 and max(_numbers(args), default=0) < 5000:
            first, second = solve(*copy.deepcopy(args)), solve(*copy.deepcopy(args))
            assert names["same"](first, second, args), (problem.task_id, args)


def _numbers(value: Any) -> list[float]:
    if isinstance(value, (list, tuple, set)):
        return [number for each in value for number in _numbers(each)]
    return [abs(value)] if isinstance(value, (int, float)) else []
