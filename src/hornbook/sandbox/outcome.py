"""What a sandbox takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hornbook.records import Completion, Problem, Verdict


@dataclass(frozen=True)
class Limits:
    """What one program may use."""

    cpu_seconds: float = 3.0
    """One budget for the whole check, all calls together; the kernel counts whole seconds, so it
    is rounded up."""
    wall_seconds: float = 12.0
    """A backstop only: CPU time is the limit that counts, so load does not change a verdict. It also
    bounds the tests, whose own CPU time is not limited."""
    memory_mb: int = 512
    """Address space of each process."""
    output_bytes: int = 65_536
    """How much of what a program prints is kept; the rest is read and thrown away."""


@dataclass(frozen=True)
class Outcome:
    """How a program ended."""

    status: str
    """`ok`, `error`, `timed_out`, `memory` or `infrastructure_error`."""
    reason: str
    seconds: float
    output: str = ""
    """What it printed, as far as it was kept, with control characters escaped."""
    kind: str = ""
    """As in `Verdict.kind`."""


class Sandbox(Protocol):
    """Runs programs and judges completions; the whole project knows only these two methods."""

    tier: str
    """What protects the machine: `A`, `B`, `C`, `D`, `UNSANDBOXED`."""

    def run(self, program: str, limits: Limits = Limits()) -> Outcome:
        """Run `program` to its end or to its limits. Never raises for what the program does.

        The program itself reports how it ended, so a hostile one can lie: for code that is judged,
        use `judge`.
        """

    def judge(
        self,
        problem: Problem,
        completion: Completion,
        limits: Limits = Limits(),
    ) -> Verdict:
        """Join the completion to its problem's prompt as it stands, run the tests, and say what
        happened. Never raises for what the completion does."""

    def close(self) -> None:
        """End every process of this sandbox."""


def test_program(problem: Problem, completion: str) -> str:
    """Everything in one program whose success is a pass: prompt, completion, setup, tests.

    >>> problem = Problem("t/1", "demo", "public", "t", "def one():\\n", "one", "", "def check(f):\\n    assert f() == 1\\n")
    >>> exec(test_program(problem, "    return 1\\n"))
    """
    return "\n".join(
        [
            problem.prompt + completion,
            problem.setup,
            f"_candidate = {problem.entry_point}",
            problem.test,
            "if 'check' in globals(): check(_candidate)",
            "",
        ]
    )


VERDICTS = {
    "ok": "passed",
    "error": "failed",
    "timed_out": "timed_out",
    "memory": "memory",
    "refused": "refused",
    "infrastructure_error": "infrastructure_error",
}


def verdict_of(
    completion: Completion, outcome: Outcome, tier: str, forgeable: bool = True
) -> Verdict:
    """The verdict that an outcome of the completion's own process amounts to."""
    return Verdict(
        completion_id=completion.id,
        task_id=completion.task_id,
        benchmark=completion.benchmark,
        arm=completion.arm,
        verdict=VERDICTS[outcome.status],
        reason=outcome.reason,
        seconds=round(outcome.seconds, 3),
        tier=tier,
        forgeable=forgeable,
        kind=outcome.kind,
    )
