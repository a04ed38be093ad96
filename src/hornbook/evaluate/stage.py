"""Judging all arms together: verdicts, scores with intervals, paired differences.

`answers.ask` has asked each arm on its own; here the answers meet their tests, once, under one
sandbox, so that no arm is judged under other conditions than its rivals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from hornbook.errors import SandboxUnavailable
from hornbook.evaluate.answers import completions_of, likelihoods_of
from hornbook.evaluate.config import EvaluateSettings
from hornbook.evaluate.nearest import nearest_distances
from hornbook.evaluate.scores import Verdicts, absent, by_family, compare, score
from hornbook.evaluate.uncertainty import mean_interval
from hornbook.randomness import seed_for
from hornbook.records import Exercise, Problem, Verdict
from hornbook.sandbox import LimitedProcess, Limits, Sandbox, judge_all, open_sandbox
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import read_rows, write_json, write_rows


@dataclass(frozen=True)
class Examination:
    """What is judged: the arms, the problems of each benchmark at hand, and what is absent."""

    arms: tuple[str, ...]
    benchmarks: Mapping[str, Sequence[Problem]]
    absent: tuple[str, ...]
    comparisons: tuple[tuple[str, str], ...]
    sandbox: str = "auto"


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
        **_figures(context, settings, exam, status, verdicts),
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
    if choice == "none":
        words = "none: generated code ran with limits only, at its user's risk"
        return "UNSANDBOXED", words, partial(LimitedProcess, isolated=False, tier="UNSANDBOXED")
    words = (
        "a separate process for each answer: no network, no writing of files, no environment,"
        " limits on time, memory and output. Not protected: files this user can read; and tests run"
        " in the answer's own process, so a malicious answer could forge a pass"
    )
    return "ok", words, partial(LimitedProcess, isolated=True)


def _figures(
    context: StageContext,
    settings: EvaluateSettings,
    exam: Examination,
    status: str,
    verdicts: Sequence[Verdict],
) -> dict[str, Any]:
    known: Verdicts = {(v.arm, v.benchmark, v.task_id): v for v in verdicts}
    seed, resamples = context.seed, settings.resamples
    scores = [
        score(arm, problems, known, status, seed, resamples)
        for problems in exam.benchmarks.values()
        for arm in exam.arms
    ]
    scores += [absent(arm, name) for name in exam.absent for arm in exam.arms]
    comparisons = [
        compare(first, second, problems, known, seed, resamples)
        for problems in exam.benchmarks.values()
        for first, second in exam.comparisons
        if status != "not run"
    ]
    return {
        "scores": [asdict(row) for row in scores],
        "comparisons": comparisons,
        "families": _families(context, exam, known if status != "not run" else {}),
        "likelihood": _likelihood(context, exam, resamples),
    }


def _families(context: StageContext, exam: Examination, verdicts: Verdicts) -> list[dict[str, Any]]:
    exercises = list(read_rows(context.inputs["decontaminate"] / "exercises", Exercise))
    rows = []
    for name, problems in exam.benchmarks.items():
        if problems[0].label == "public":
            continue
        distances = nearest_distances(problems, exercises)
        passes = {arm: by_family(arm, problems, verdicts) for arm in exam.arms} if verdicts else {}
        for family, distance in distances.items():
            rows.append(
                {
                    "benchmark": name,
                    "label": problems[0].label,
                    "family": family,
                    "n": sum(problem.family == family for problem in problems),
                    "passed": {arm: sum(passes[arm][family]) for arm in passes},
                    "distance": distance,
                }
            )
    return rows


def _likelihood(context: StageContext, exam: Examination, resamples: int) -> list[dict[str, Any]]:
    rows = []
    for arm in exam.arms:
        found = likelihoods_of(context.inputs[f"evaluate/{arm}"])
        for kind in dict.fromkeys(row.kind for row in found):
            mine = [row for row in found if row.kind == kind]
            interval = mean_interval(
                [row.bits for row in mine],
                [row.bytes for row in mine],
                seed_for(context.seed, "bits", kind),
                resamples,
            )
            documents = {"arm": arm, "kind": kind, "documents": len(mine)}
            rows.append({**documents, "bytes": sum(r.bytes for r in mine), **asdict(interval)})
    return rows
