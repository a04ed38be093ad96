"""What training text is held against."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hornbook.decontaminate.config import DecontaminateSettings
from hornbook.records import Exercise, Match, Problem
from hornbook.similarity.ngrams import NgramIndex
from hornbook.similarity.syntax import Function, SyntaxIndex, functions_of
from hornbook.similarity.trees import parse_quietly, tree_fingerprint


@dataclass(frozen=True)
class ProblemSet:
    """A benchmark as decontamination sees it. `problems` is None where its file is absent."""

    name: str
    problems: tuple[Problem, ...] | None
    same_family: bool = False
    """True for held-out instances of families that are trained on: their wording and shape are
    meant to be familiar, so only an equal tree or equal tests count."""

    @property
    def status(self) -> str:
        """`checked` or `not checked`; never "clean", which nobody can know."""
        return "not checked" if self.problems is None else "checked"


@dataclass
class ProblemIndex:
    """All problem sets, ready to be held against a text."""

    settings: DecontaminateSettings
    ngrams: NgramIndex = field(init=False)
    syntax: SyntaxIndex = field(init=False)
    origins: dict[str, tuple[str, str]] = field(default_factory=dict)
    """A problem's key -> benchmark and task id."""
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    """Node sequence -> tree fingerprint -> problem. The sequence is cheap and rules most out."""
    tests: dict[frozenset[str], str] = field(default_factory=dict)
    too_short: dict[str, int] = field(default_factory=dict)
    """By benchmark: problems whose solution is too plain to compare by syntax."""

    def __post_init__(self) -> None:
        self.ngrams = NgramIndex(self.settings.ngram, self.settings.ngram_letters)
        self.syntax = SyntaxIndex(self.settings.syntax_threshold, self.settings.syntax_min_nodes)

    @classmethod
    def build(cls, settings: DecontaminateSettings, sets: Iterable[ProblemSet]) -> ProblemIndex:
        index = cls(settings)
        for one in sets:
            for problem in one.problems or ():
                index._add(problem, one.same_family)
        index.ngrams.freeze()
        return index

    def _add(self, problem: Problem, same_family: bool) -> None:
        # Versions of a benchmark share their ids.
        task = f"{problem.benchmark} {problem.task_id}"
        self.origins[task] = problem.benchmark, problem.task_id
        program = problem.prompt + problem.canonical_solution
        if same_family:
            for function in functions_of(program):
                fingerprint = tree_fingerprint(function.source)
                self.trees.setdefault(function.nodes, {})[fingerprint] = task
            self.tests[test_set(problem.test, "candidate")] = task
            return
        self.ngrams.add(task, "\n".join([program, problem.test]))
        if not self.syntax.add(task, program):
            self.too_short[problem.benchmark] = self.too_short.get(problem.benchmark, 0) + 1

    def matches(self, row_id: str, text: str, programs: Sequence[str]) -> list[Match]:
        """Every way in which a row resembles a problem. `programs` is the Python code in it."""
        found = [
            self._match(row_id, task, "ngram", float(count), words)
            for task, (count, words) in sorted(self.ngrams.scan(text).items())
        ]
        for program in programs:
            functions = functions_of(program)
            for task, rate, name in self.syntax.nearest(functions):
                found.append(self._match(row_id, task, "syntax", rate, name))
            for function in functions:
                twin = self._same_tree(function)
                if twin is not None:
                    found.append(self._match(row_id, twin, "tree", 1.0, function.name))
        return found

    def exercise_matches(self, exercise: Exercise) -> list[Match]:
        """`matches` for an exercise, with its tests counted as text and compared as a set."""
        text = "\n".join([exercise.program, exercise.tests])
        found = self.matches(exercise.id, text, [exercise.program])
        task = self.tests.get(test_set(exercise.tests, exercise.name))
        if task is not None:
            found.append(self._match(exercise.id, task, "tests", 1.0, exercise.name))
        return found

    def _same_tree(self, function: Function) -> str | None:
        candidates = self.trees.get(function.nodes)
        if candidates is None:
            return None
        try:
            return candidates.get(tree_fingerprint(function.source))
        except (SyntaxError, ValueError, RecursionError):
            return None

    def _match(self, row_id: str, task: str, kind: str, score: float, detail: str) -> Match:
        return Match(row_id, *self.origins[task], kind, score, detail)


def test_set(tests: str, name: str) -> frozenset[str]:
    """The asserts of a test, without their order and without the function's name.

    >>> test_set("assert f(1) == 2", "f") == test_set("def check(candidate): assert candidate(1)==2", "candidate")
    True
    """
    try:
        tree = parse_quietly(tests)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset({tests})
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name:
            node.id = "candidate"
    return frozenset(ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Assert))


def summary(
    sets: Sequence[ProblemSet], index: ProblemIndex, found: Sequence[Match]
) -> Mapping[str, object]:
    """Per benchmark: was it checked, how many problems, how many were met, and in how many rows."""
    return {
        one.name: {
            "status": one.status,
            "problems": len(one.problems or ()),
            "too_short_for_syntax": index.too_short.get(one.name, 0),
            "problems_met": len({m.task_id for m in found if m.benchmark == one.name}),
            "rows_dropped": len({m.document_id for m in found if m.benchmark == one.name}),
        }
        for one in sets
    }
