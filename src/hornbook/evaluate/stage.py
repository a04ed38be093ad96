"""Judging all arms together: verdicts, scores with intervals, paired differences.

`answers.ask` has asked each arm on its own; here the answers meet their tests, once, under one
sandbox, so that no arm is judged under other conditions than its rivals.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hornbook.errors import SandboxUnavailable
from hornbook.evaluate.answers import completions_of
from hornbook.evaluate.config import EvaluateSettings
from hornbook.evaluate.figures import Examination, figures_of
from hornbook.records import Verdict
from hornbook.sandbox import TIERS, Limits, Sandbox, judge_all, open_sandbox
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import write_json, write_rows


def run(context: StageContext, settings: EvaluateSettings, exam: Examination) -> StageResult:
    """Write `verdicts.parquet` and `scores.json`."""
    status, protection, opener = _protection(exam.sandbox)
    problems = {p.task_id: p for each in exam.benchmarks.values() for p in each}
    pairs = [
        (problems[row.task_id], row)
        for arm in exam.arms
        for row in completions_of(context.inputs[f"evaluate/{arm}"])
        if row.task_id in problems
    ]
    limits = Limits(cpu_seconds=settings.cpu_seconds, memory_mb=settings.memory_mb)
    verdicts: list[Verdict] = []
    if opener is not None:
        count = partial(_count, context)
        verdicts = judge_all(opener, pairs, limits, context.workers, count)
    write_rows(context.folder / "verdicts.parquet", Verdict, verdicts)
    lost = sum(verdict.verdict == "infrastructure_error" for verdict in verdicts)
    figures = {
        "protection": protection,
        "status": status,
        **figures_of(context, settings, exam, status, verdicts),
    }
    write_json(context.folder / "scores.json", figures)
    not_run = {"not-run": len(pairs)} if opener is None else {}
    counts = Counts(len(pairs), len(verdicts) - lost, not_run, lost)
    return StageResult({"answers": counts}, {"protection": protection, "status": status})


def _count(context: StageContext, done: int, total: int) -> None:
    context.progress.advance(done, total, "answers judged")


def _protection(choice: str) -> tuple[str, str, Callable[[], Sandbox] | None]:
    """(status of the scores, what protects, how to open a sandbox or None)."""
    try:
        sandbox = open_sandbox(choice)
    except SandboxUnavailable as error:
        return "not run", str(error), None
    sandbox.close()
    status = "UNSANDBOXED" if sandbox.tier == "UNSANDBOXED" else "ok"
    return status, f"tier {sandbox.tier}: {TIERS[sandbox.tier]}", partial(open_sandbox, choice)
