"""Facts about what resembles a problem and what does not."""

from __future__ import annotations

import pytest

from hornbook.decontaminate import DecontaminateSettings, ProblemSet
from hornbook.decontaminate.index import ProblemIndex
from hornbook.records import Exercise, Problem

SOLUTION = """    total = 0
    for index, value in enumerate(numbers):
        if value > limit and index % 2 == 0:
            total += value * index
        else:
            total -= 1
    return total
"""
PROMPT = '''def odd_weights(numbers, limit):
    """Add each number above the limit times its place, but take one away for all of the other numbers.
    """
'''
PROBLEM = Problem(
    "HumanEval/7",
    "humaneval",
    "public",
    "HumanEval/7",
    PROMPT,
    "odd_weights",
    SOLUTION,
    "def check(candidate):\n    assert candidate([1, 2], 0) == 1\n",
)
KNOWN = Problem(
    "workbook-known/f/0",
    "workbook-known",
    "in-distribution",
    "f",
    "def f(xs):\n",
    "f",
    "    return [x + 7 for x in xs]\n",
    "def check(candidate):\n    assert candidate([1]) == [8]\n    assert candidate([]) == []\n",
)


@pytest.fixture(scope="module")
def index() -> ProblemIndex:
    sets = [
        ProblemSet("humaneval", (PROBLEM,)),
        ProblemSet("workbook-known", (KNOWN,), same_family=True),
        ProblemSet("mbpp", None),
    ]
    return ProblemIndex.build(DecontaminateSettings(), sets)


def kinds(index: ProblemIndex, program: str) -> list[str]:
    return sorted({match.kind for match in index.matches("row", program, [program])})


def exercise(solution: str, tests: str = "assert g([5]) == [1]\n") -> Exercise:
    return Exercise("e", "workbook", "f", "{}", "0", "g", "def g(values):\n", solution, tests)


def test_a_copy_is_found_by_words_and_by_syntax(index: ProblemIndex) -> None:
    """A verbatim copy has both the words and the shape of the problem."""
    assert kinds(index, PROMPT + SOLUTION) == ["ngram", "syntax"]


def test_renaming_everything_leaves_the_syntax(index: ProblemIndex) -> None:
    """Other names hide the words and not the shape."""
    renamed = SOLUTION
    for old, new in {
        "total": "s",
        "index": "i",
        "value": "v",
        "numbers": "xs",
        "limit": "k",
    }.items():
        renamed = renamed.replace(old, new)
    assert kinds(index, "def other(xs, k):\n" + renamed) == ["syntax"]


def test_the_docstring_alone_is_found_in_prose(index: ProblemIndex) -> None:
    """Prose that says what a problem says is found without any code."""
    text = (
        "We add each number above the limit times its place, but take one away for all of the rest."
    )
    assert kinds(index, text) == ["ngram"]


def test_other_code_of_the_same_length_is_left_alone(index: ProblemIndex) -> None:
    """Code of another shape in other words is accused of nothing."""
    other = "def collect(rows):\n    found = {}\n    while rows:\n        key, row = rows.pop()\n        found.setdefault(key, []).append(row)\n    return sorted(found.items())\n"
    assert kinds(index, other) == []


def test_a_method_with_the_same_tree_as_a_held_out_instance_is_found(index: ProblemIndex) -> None:
    """Names differ and it stands in a class; constants are the same."""
    program = "class A:\n    def g(values):\n        '''Words.'''\n        return [v + 7 for v in values]\n"
    assert kinds(index, program) == ["tree"]


def test_another_constant_is_another_tree(index: ProblemIndex) -> None:
    """An exercise that adds eight is not one that adds seven."""
    assert index.exercise_matches(exercise("    return [v + 8 for v in values]\n")) == []


def test_the_same_tests_are_found_whatever_the_function_is_called(index: ProblemIndex) -> None:
    """An exercise with the tests of a problem is found under another name."""
    row = exercise(
        "    return list(map(lambda v: v + 7, values))\n",
        "assert g([]) == []\nassert g([1]) == [8]\n",
    )
    assert [match.kind for match in index.exercise_matches(row)] == ["tests"]


@pytest.mark.parametrize("text", ["def (", "(" * 20_000, "x = 1\0", "", "lambda: " * 3_000 + "0"])
def test_text_that_cannot_be_parsed_is_still_scanned(index: ProblemIndex, text: str) -> None:
    """What is no program costs no error and matches nothing."""
    assert index.matches("row", text, [text]) == []


def test_an_absent_benchmark_is_not_called_clean() -> None:
    """Where the file of a benchmark is missing, nothing was checked."""
    assert ProblemSet("mbpp", None).status == "not checked"
    assert ProblemSet("humaneval", (PROBLEM,)).status == "checked"
