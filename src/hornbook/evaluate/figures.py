"""From verdicts to everything the report shows of the examination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hornbook.evaluate.answers import likelihoods_of
from hornbook.evaluate.config import EvaluateSettings
from hornbook.evaluate.nearest import nearest_distances
from hornbook.evaluate.scores import Verdicts, absent, by_family, compare, score
from hornbook.evaluate.uncertainty import mean_interval
from hornbook.randomness import seed_for
from hornbook.records import Exercise, Problem, Verdict
from hornbook.stages import StageContext
from hornbook.storage import read_rows


@dataclass(frozen=True)
class Examination:
    """What is judged: the arms, the problems of each benchmark at hand, and what is absent."""

    arms: tuple[str, ...]
    benchmarks: Mapping[str, Sequence[Problem]]
    absent: tuple[str, ...]
    comparisons: tuple[tuple[str, str], ...]
    sandbox: str = "auto"


def figures_of(
    context: StageContext,
    settings: EvaluateSettings,
    exam: Examination,
    status: str,
    verdicts: Sequence[Verdict],
) -> dict[str, Any]:
    """Scores, paired differences, families and bits per byte, as JSON."""
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
