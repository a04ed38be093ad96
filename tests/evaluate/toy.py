"""A benchmark of six small problems, and samples for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hornbook.evaluate.sample_run import SampleRun
from hornbook.evaluate.samples import SampleFile
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import FakeSandbox, Limits


def problem(number: int) -> Problem:
    return Problem(
        f"toy/{number}",
        "toy",
        "public",
        f"toy/{number}",
        f"def add{number}(x):\n",
        f"add{number}",
        f"    return x + {number}\n",
        f"def check(candidate):\n    assert candidate(1) == {number + 1}\n",
    )


PROBLEMS = [problem(number) for number in range(6)]


def by_task() -> dict[str, Problem]:
    return {each.task_id: each for each in PROBLEMS}


def write_problems(path: Path) -> Path:
    """As a file in HumanEval's format."""
    names = ("task_id", "prompt", "entry_point", "canonical_solution", "test")
    rows = [{name: getattr(each, name) for name in names} for each in PROBLEMS]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def right(number: int, note: str = "") -> dict[str, str]:
    return {"task_id": f"toy/{number}", "completion": f"    return x + {number}\n{note}"}


def wrong(number: int, note: str = "") -> dict[str, str]:
    return {"task_id": f"toy/{number}", "completion": f"    return None\n{note}"}


def write_samples(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def decide(program: str) -> str:
    """What the fake sandbox says: the texts name their fate."""
    for status in ("timed_out", "memory", "infrastructure_error"):
        if status in program:
            return status
    return "error" if "None" in program else "ok"


class Counted(FakeSandbox):
    """A fake sandbox that remembers what it judged, and may be of any tier."""

    def __init__(
        self, judged: list[str], tier: str = "A", choose: Callable[[str], str] = decide
    ) -> None:
        super().__init__(choose)
        self.tier = tier
        self.judged = judged

    def judge(
        self,
        problem: Problem,
        completion: Completion,
        limits: Limits = Limits(),  # noqa: B008
    ) -> Verdict:
        self.judged.append(completion.text)
        return super().judge(problem, completion, limits)


def a_run(folder: Path, rows: Iterable[dict[str, Any]], **more: Any) -> SampleRun:
    """Written to `folder`, judged by whatever sandbox."""
    path = folder / "samples.jsonl"
    write_samples(path, rows)
    options = {"out": folder / "V.jsonl", "limits": Limits(), "ks": (1,), **more}
    return SampleRun(
        benchmark="toy", problems=PROBLEMS, samples=SampleFile.at(path, by_task()), **options
    )
