"""A sandbox that runs nothing, for tests of what stands on top of one."""

from __future__ import annotations

from collections.abc import Callable

from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox.outcome import Limits, Outcome, test_program, verdict_of


class FakeSandbox:
    """Answers with what `decide` says of the program's text."""

    tier = "fake"

    def __init__(self, decide: Callable[[str], str] = lambda program: "ok") -> None:
        self.decide = decide

    def run(self, program: str, limits: Limits = Limits()) -> Outcome:  # noqa: B008 - frozen
        return Outcome(self.decide(program), "", 0.0)

    def judge(
        self,
        problem: Problem,
        completion: Completion,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> Verdict:
        outcome = self.run(test_program(problem, completion.text), limits)
        return verdict_of(completion, outcome, self.tier, forgeable=False)

    def close(self) -> None:
        return None
