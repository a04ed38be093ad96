"""From verdicts to scores, each with its interval, its label and its status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hornbook.evaluate.uncertainty import clustered, paired
from hornbook.randomness import seed_for
from hornbook.records import Problem, Verdict

Verdicts = Mapping[tuple[str, str, str], Verdict]
"""(arm, benchmark, task id) -> verdict."""


@dataclass(frozen=True)
class Score:
    """One arm on one benchmark: greedy pass@1."""

    arm: str
    benchmark: str
    label: str
    n: int
    passed: int | None
    estimate: float | None
    low: float | None
    high: float | None
    status: str
    """`ok`, `not run` (generated code couldn't be run safely), `not checked` (the benchmark's file
    is absent), `refused` (its pre-flight failed: `note` says which check), `UNSANDBOXED`, or
    `incomplete` (the sandbox was lost: some checks have no verdict)."""
    method: str = ""
    note: str = ""


def score(
    arm: str,
    problems: Sequence[Problem],
    verdicts: Verdicts,
    status: str,
    seed: int,
    resamples: int,
) -> Score:
    """The share of `problems` that `arm` solved, clustered by family."""
    first = problems[0]
    if status == "not run":
        return unscored(arm, problems, status)
    known = [
        p
        for p in problems
        if verdicts[arm, p.benchmark, p.task_id].verdict != "infrastructure_error"
    ]
    if len(known) < len(problems):
        status = "incomplete"
    if not known:
        return Score(arm, first.benchmark, first.label, 0, None, None, None, None, status)
    passes = by_family(arm, known, verdicts)
    values = {name: [float(p) for p in each] for name, each in passes.items()}
    interval = clustered(values, seed_for(seed, "score", arm, first.benchmark), resamples)
    return Score(
        arm=arm,
        benchmark=first.benchmark,
        label=first.label,
        n=len(known),
        passed=sum(sum(each) for each in passes.values()),
        estimate=interval.estimate,
        low=interval.low,
        high=interval.high,
        status=status,
        method=interval.method,
        note=_forgeable([verdicts[arm, p.benchmark, p.task_id] for p in known]),
    )


def _forgeable(verdicts: Sequence[Verdict]) -> str:
    """How many verdicts rest on the answer's own word; empty where none does."""
    count = sum(verdict.forgeable for verdict in verdicts)
    return f"{count} of {len(verdicts)} verdicts could be forged" if count else ""


def unscored(arm: str, problems: Sequence[Problem], status: str, note: str = "") -> Score:
    """The row of a benchmark that is at hand and has no score."""
    first = problems[0]
    return Score(
        arm,
        first.benchmark,
        first.label,
        len(problems),
        None,
        None,
        None,
        None,
        status,
        note=note,
    )


def absent(arm: str, benchmark: str) -> Score:
    """The row of a benchmark whose file is not at hand."""
    return Score(arm, benchmark, "public", 0, None, None, None, None, "not checked")


def compare(
    first: str,
    second: str,
    problems: Sequence[Problem],
    verdicts: Verdicts,
    seed: int,
    resamples: int,
) -> dict[str, Any]:
    """Arm `first` minus arm `second` on the problems both have a verdict for."""
    name = problems[0].benchmark
    known = [
        p
        for p in problems
        if all(
            verdicts[arm, name, p.task_id].verdict != "infrastructure_error"
            for arm in (first, second)
        )
    ]
    result = paired(
        by_family(first, known, verdicts),
        by_family(second, known, verdicts),
        seed_for(seed, "paired", first, second, name),
        resamples,
    )
    return {
        "first": first,
        "second": second,
        "benchmark": name,
        "label": problems[0].label,
        "n": len(known),
        **asdict(result.difference),
        "only_first": result.only_first,
        "only_second": result.only_second,
        "mcnemar_p": result.p_value,
        "excludes_zero": result.excludes_zero,
    }


def by_family(arm: str, problems: Sequence[Problem], verdicts: Verdicts) -> dict[str, list[bool]]:
    """Which problems of each family were solved, in the problems' order."""
    found: dict[str, list[bool]] = defaultdict(list)
    for problem in problems:
        found[problem.family].append(verdicts[arm, problem.benchmark, problem.task_id].passed)
    return dict(found)
