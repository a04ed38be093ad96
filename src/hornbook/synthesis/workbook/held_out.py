"""What a held-out instance looks like, so that no training exercise can be its twin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hornbook.records import Exercise
from hornbook.similarity.trees import tree_fingerprint
from hornbook.synthesis.workbook.render import Case


@dataclass
class HeldOut:
    """The trees and tests of all held-out instances, of every family.

    A tree counts in every style of the solution, for a model that has seen one style of an
    instance has seen the instance. Within a family behaviour counts too: among integers `x > 4`
    and `x >= 5` are two trees and one function.
    """

    trees: set[str] = field(default_factory=set)
    tests: set[frozenset[str]] = field(default_factory=set)
    calls: dict[str, list[Sequence[Case]]] = field(default_factory=dict)
    """By family: what each instance is tested with."""

    def add(self, exercise: Exercise, styles: Sequence[str], tried: Sequence[Case]) -> None:
        """Remember an instance; `styles` are its whole programs, one a style."""
        self.trees.update(tree_of(program) for program in styles)
        self.tests.add(anonymous_tests(exercise))
        self.calls.setdefault(exercise.family, []).append(tried)

    def solved_by(self, family: str, reference: Callable[..., Any]) -> bool:
        """Whether a function passes all tests of some held-out instance of its family."""
        return any(
            all(_returns(reference, case) for case in tried) for tried in self.calls.get(family, ())
        )

    def shared(self, exercise: Exercise) -> str | None:
        """What `exercise` shares with a held-out instance: `tree`, `tests`, or nothing."""
        if tree_of(exercise.program) in self.trees:
            return "tree"
        return "tests" if anonymous_tests(exercise) in self.tests else None


def _returns(reference: Callable[..., Any], case: Case) -> bool:
    try:
        return bool(reference(*case.given) == case.result)
    except (ArithmeticError, LookupError, ValueError):  # made for other parameters' inputs
        return False


def tree_of(program: str) -> str:
    """The fingerprint of a program's function; imports before it make no difference.

    >>> tree_of("import math\\n\\n\\ndef f(x): return x") == tree_of("def g(y): return y")
    True
    """
    start = program.rfind("\ndef ") + 1
    return tree_fingerprint(program[start:])


def anonymous_tests(exercise: Exercise) -> frozenset[str]:
    """The asserts as a set, without the function's name."""
    lines = exercise.tests.splitlines()
    return frozenset(line.replace(f" {exercise.name}(", " f(", 1) for line in lines)
