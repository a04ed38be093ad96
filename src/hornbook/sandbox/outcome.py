"""What a sandbox takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hornbook.records import Completion, Problem, Verdict


@dataclass(frozen=True)
class Limits:
    """What one program may use."""

    cpu_seconds: float = 3.0
    wall_seconds: float = 12.0
    """A backstop only: CPU time is the limit that counts, so load does not change a verdict."""
    memory_mb: int = 512
    output_bytes: int = 65_536


@dataclass(frozen=True)
class Outcome:
    """How a program ended."""

    status: str
    """`ok`, `error`, `timed_out`, `memory` or `infrastructure_error`."""
    reason: str
    seconds: float
    output: str = ""


class Sandbox(Protocol):
    """Runs programs and judges completions; the whole project knows only these two methods."""

    tier: str

    def run(self, program: str, limits: Limits) -> Outcome:
        """Run `program` to its end or to its limits. Never raises for what the program does."""

    def judge(self, problem: Problem, completion: Completion, limits: Limits) -> Verdict:
        """Join the completion to its problem, run the tests, and say what happened."""

    def close(self) -> None:
        """End every process of this sandbox."""


def test_program(problem: Problem, completion: str) -> str:
    """The program whose success is a pass: prompt, completion, setup, tests, in this order.

    >>> problem = Problem("t/1", "demo", "public", "t", "def one():\\n", "one", "", "def check(f):\\n    assert f() == 1\\n")
    >>> exec(test_program(problem, "    return 1\\n"))
    """
    return "\n".join(
        [
            problem.prompt + completion,
            problem.setup,
            f"_candidate = {problem.entry_point}",
            problem.test,
            "check(_candidate)",
            "",
        ]
    )


_VERDICTS = {
    "ok": "passed",
    "error": "failed",
    "timed_out": "timed_out",
    "memory": "memory",
    "infrastructure_error": "infrastructure_error",
}


def verdict_of(completion: Completion, outcome: Outcome, tier: str) -> Verdict:
    return Verdict(
        completion_id=completion.id,
        task_id=completion.task_id,
        benchmark=completion.benchmark,
        arm=completion.arm,
        verdict=_VERDICTS[outcome.status],
        reason=outcome.reason,
        seconds=round(outcome.seconds, 3),
        tier=tier,
    )
