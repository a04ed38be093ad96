"""Held-out exercises as problems in HumanEval's format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from hornbook.records import Exercise, Problem

LABELS = {"in-distribution": "in-distribution", "unknown": "unknown-family"}
BENCHMARKS = {"in-distribution": "workbook-known", "unknown": "workbook-unknown"}


def to_problems(exercises: Sequence[Exercise]) -> list[Problem]:
    """One problem an exercise, numbered within its family."""
    seen: Counter[str] = Counter()
    problems = []
    for exercise in exercises:
        benchmark = BENCHMARKS[exercise.split]
        problems.append(
            Problem(
                task_id=f"{benchmark}/{exercise.family}/{seen[exercise.family]}",
                benchmark=benchmark,
                label=LABELS[exercise.split],
                family=exercise.family,
                prompt=exercise.prompt,
                entry_point=exercise.name,
                canonical_solution=exercise.solution,
                test=check_of(exercise),
                trusted=True,
            )
        )
        seen[exercise.family] += 1
    return problems


def check_of(exercise: Exercise) -> str:
    """The tests as a `check(candidate)` function."""
    call = re.compile(rf"^assert {re.escape(exercise.name)}\(")
    lines = [call.sub("assert candidate(", line) for line in exercise.tests.splitlines()]
    return "def check(candidate):\n" + "".join(f"    {line}\n" for line in lines)
