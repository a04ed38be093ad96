"""Facts about the problem files of the workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from hornbook.benchmarks import load_problem_file
from hornbook.config import scaled
from hornbook.storage import write_json_lines
from hornbook.synthesis.config import SynthesisSettings
from hornbook.synthesis.problems import BENCHMARKS, LABELS, to_problems
from hornbook.synthesis.workbook import write_workbook

BOOK = write_workbook(scaled(SynthesisSettings(), 0.2), 0)
HELD = [*BOOK.known, *BOOK.unknown]


def test_a_problem_is_solved_by_its_own_solution() -> None:
    """`check` passes with the canonical solution, for every held-out exercise."""
    for problem in to_problems(HELD):
        space: dict[str, object] = {}
        exec(problem.prompt + problem.canonical_solution + problem.test, space)
        exec(f"check({problem.entry_point})", space)


def test_a_problem_is_not_solved_by_doing_nothing() -> None:
    """`check` calls its candidate and nothing else, so an empty body fails."""
    for problem in to_problems(HELD):
        space: dict[str, object] = {}
        exec(problem.prompt + "    pass\n" + problem.test, space)
        assert f"{problem.entry_point}(" not in problem.test.replace("candidate(", "")
        with pytest.raises(AssertionError):
            exec(f"check({problem.entry_point})", space)


def test_names_and_labels_tell_the_two_benchmarks_apart() -> None:
    """Task ids are unique; each row carries the label that stands beside its score."""
    problems = to_problems(HELD)
    assert len({problem.task_id for problem in problems}) == len(problems)
    for problem, exercise in zip(problems, HELD, strict=True):
        assert problem.benchmark == BENCHMARKS[exercise.split]
        assert problem.label == LABELS[exercise.split]
        assert problem.task_id.startswith(f"{problem.benchmark}/{exercise.family}/")


def test_a_problem_file_comes_back_as_it_was(tmp_path: Path) -> None:
    """What a run writes, evaluation reads."""
    problems = to_problems(HELD)
    path = tmp_path / "problems.jsonl"
    assert write_json_lines(path, problems) == len(problems)
    assert load_problem_file(path) == problems


def test_training_exercises_are_no_problems() -> None:
    """Only held-out splits have a benchmark."""
    with pytest.raises(KeyError):
        to_problems(BOOK.train[:1])
