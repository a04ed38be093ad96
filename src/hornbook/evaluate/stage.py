"""Judging all arms together: verdicts, scores with intervals, paired differences.

`answers.ask` has asked each arm on its own; here the answers meet their tests, once, under one
sandbox, so that no arm is judged under other conditions than its rivals. Before that, answers whose
verdicts are known are judged: a benchmark on which one of those comes out otherwise gets no scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial

from hornbook.errors import SandboxUnavailable
from hornbook.evaluate.answers import completions_of
from hornbook.evaluate.config import EvaluateSettings
from hornbook.evaluate.figures import Examination, figures_of
from hornbook.evaluate.preflight import Preflight, preflight
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import TIERS, Limits, Sandbox, judge_all, open_sandbox
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import write_json, write_rows

Pairs = Sequence[tuple[Problem, Completion]]


def run(context: StageContext, settings: EvaluateSettings, exam: Examination) -> StageResult:
    """Write `verdicts.parquet`, `scores.json` and `preflight.json`."""
    status, protection, opener = _protection(exam.sandbox)
    judge = _Judge(context, settings, opener) if opener is not None else None
    flights = _preflights(settings, exam, judge)
    refused = {flight.benchmark: flight.words for flight in flights if not flight.ok}
    pairs = _pairs(context, exam)
    due = [pair for pair in pairs if pair[0].benchmark not in refused]
    verdicts = judge.answers(due) if judge is not None else []
    write_rows(context.folder / "verdicts.parquet", Verdict, verdicts)
    write_json(context.folder / "preflight.json", [asdict(flight) for flight in flights])
    lost = sum(verdict.verdict == "infrastructure_error" for verdict in verdicts)
    figures = {
        "protection": protection,
        "status": status,
        **figures_of(context, settings, exam, status, verdicts, refused),
    }
    write_json(context.folder / "scores.json", figures)
    not_run = {"not-run": len(due)} if judge is None else {}
    dropped = {**not_run, "preflight-failed": len(pairs) - len(due)}
    counts = Counts(len(pairs), len(verdicts) - lost, {k: n for k, n in dropped.items() if n}, lost)
    facts = {"protection": protection, "status": status, "refused": sorted(refused)}
    return StageResult({"answers": counts}, facts)


def _pairs(context: StageContext, exam: Examination) -> Pairs:
    """Every arm's answers with their problems."""
    problems = {(p.benchmark, p.task_id): p for each in exam.benchmarks.values() for p in each}
    return [
        (problems[_key(row)], row)
        for arm in exam.arms
        for row in completions_of(context.inputs[f"evaluate/{arm}"])
        if _key(row) in problems
    ]


def _preflights(
    settings: EvaluateSettings, exam: Examination, judge: _Judge | None
) -> list[Preflight]:
    if judge is None:
        return []
    return [
        preflight(problems, judge.beforehand, settings.stop, exam.round_trip)
        for problems in exam.benchmarks.values()
    ]


class _Judge:
    """How everything of this stage is judged: one kind of sandbox, the same limits and workers."""

    def __init__(
        self, context: StageContext, settings: EvaluateSettings, opener: Callable[[], Sandbox]
    ) -> None:
        self._context = context
        self._opener = opener
        self._limits = Limits(cpu_seconds=settings.cpu_seconds, memory_mb=settings.memory_mb)

    def beforehand(self, pairs: Pairs) -> list[Verdict]:
        def count(done: int, total: int) -> None:
            # What counts for the bar are the answers; these come before them.
            self._context.progress.advance(0, 1, f"pre-flight, {done} of {total}")

        return self._judge(pairs, count)

    def answers(self, pairs: Pairs) -> list[Verdict]:
        def count(done: int, total: int) -> None:
            self._context.progress.advance(done, total, "answers judged")

        return self._judge(pairs, count)

    def _judge(self, pairs: Pairs, count: Callable[[int, int], None]) -> list[Verdict]:
        return judge_all(self._opener, pairs, self._limits, self._context.workers, count)


def _key(row: Completion) -> tuple[str, str]:
    """Benchmarks share ids, so both halves are needed."""
    return row.benchmark, row.task_id


def _protection(choice: str) -> tuple[str, str, Callable[[], Sandbox] | None]:
    """(status of the scores, what protects, how to open a sandbox or None)."""
    try:
        sandbox = open_sandbox(choice)
    except SandboxUnavailable as error:
        return "not run", str(error), None
    sandbox.close()
    status = "UNSANDBOXED" if sandbox.tier == "UNSANDBOXED" else "ok"
    return status, f"tier {sandbox.tier}: {TIERS[sandbox.tier]}", partial(open_sandbox, choice)
