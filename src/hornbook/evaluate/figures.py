"""From verdicts to everything the report shows of the examination."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hornbook.evaluate.answers import likelihoods_of
from hornbook.evaluate.config import EvaluateSettings
from hornbook.evaluate.nearest import nearest_distances
from hornbook.evaluate.scores import Verdicts, absent, by_family, compare, score, unscored
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
    round_trip: Callable[[str], str] | None = None
    """decode(encode(text)) of the arms' tokenizer, for the pre-flight."""


def figures_of(
    context: StageContext,
    settings: EvaluateSettings,
    exam: Examination,
    status: str,
    verdicts: Sequence[Verdict],
    refused: Mapping[str, str],
) -> dict[str, Any]:
    """Scores, paired differences, families and bits per byte, as JSON. `refused` are the benchmarks
    whose pre-flight failed, with its words."""
    known: Verdicts = {(v.arm, v.benchmark, v.task_id): v for v in verdicts}
    seed, resamples = context.seed, settings.resamples
    judged = {} if status == "not run" else dict(exam.benchmarks)
    for name in refused:
        judged.pop(name, None)
    scores = [
        unscored(arm, problems, "refused", refused[name])
        if name in refused
        else score(arm, problems, known, status, seed, resamples)
        for name, problems in exam.benchmarks.items()
        for arm in exam.arms
    ]
    scores += [absent(arm, name) for name in exam.absent for arm in exam.arms]
    comparisons = [
        compare(first, second, problems, known, seed, resamples)
        for problems in judged.values()
        for first, second in exam.comparisons
    ]
    return {
        "scores": [asdict(row) for row in scores],
        "comparisons": comparisons,
        "families": _families(context, exam, known, judged),
        "likelihood": _likelihood(context, exam, resamples),
    }


def _families(
    context: StageContext,
    exam: Examination,
    verdicts: Verdicts,
    judged: Mapping[str, Sequence[Problem]],
) -> list[dict[str, Any]]:
    exercises = list(read_rows(context.inputs["decontaminate"] / "exercises", Exercise))
    rows = []
    for name, problems in exam.benchmarks.items():
        if problems[0].label == "public":
            continue
        distances = nearest_distances(problems, exercises)
        arms = exam.arms if name in judged else ()
        passes = {arm: by_family(arm, problems, verdicts) for arm in arms}
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
