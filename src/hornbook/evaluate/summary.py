"""From counts to scores: what a verdict file says, as JSON and in lines for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hornbook.evaluate.effect import (
    ASSUMED_CORRELATION,
    detectable_paired,
    detectable_unpaired,
    standard_error,
)
from hornbook.evaluate.passk import pass_at_k
from hornbook.evaluate.rows import VERDICTS, Ruling
from hornbook.evaluate.uncertainty import Interval, clustered, wilson
from hornbook.randomness import seed_for
from hornbook.records import Problem

SEED = 0
RESAMPLES = 4000
IN_PROCESS = "tests ran in the solution's process"


@dataclass
class Tally:
    """All that is kept of the verdicts: counts."""

    answers: Counter[str] = field(default_factory=Counter)
    """Samples of each problem with a verdict; lost ones have none."""
    passes: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    forgeable: Counter[str] = field(default_factory=Counter)

    def add(self, task_id: str, ruling: Ruling) -> None:
        self.verdicts[ruling.verdict] += 1
        if ruling.verdict != "infrastructure_error":
            self.answers[task_id] += 1
            self.passes[task_id] += ruling.verdict == "passed"
        if ruling.kind:
            self.kinds[ruling.kind] += 1
        if ruling.forgeable and ruling.verdict != "infrastructure_error":
            self.forgeable[_why_forgeable(ruling)] += 1


def _why_forgeable(ruling: Ruling) -> str:
    if ruling.tier == "UNSANDBOXED":
        return "nothing held the solution"
    if IN_PROCESS in ruling.reason:
        return IN_PROCESS
    return "the tests take something from the solution on trust"


def figures(tally: Tally, problems: Sequence[Problem], ks: Sequence[int]) -> dict[str, Any]:
    """Scores with intervals and everything that says how sure they are."""
    scored = [p for p in problems if tally.answers[p.task_id]]
    families = {p.task_id: p.family for p in scored}
    grouped = len(set(families.values())) < len(families)
    found: dict[str, Any] = {
        "problems": len(problems),
        "scored_problems": len(scored),
        "scores": [_score(tally, scored, k) for k in ks],
        "verdicts": {name: tally.verdicts[name] for name in VERDICTS},
        "kinds": dict(sorted(tally.kinds.items())),
        "forgeable": dict(sorted(tally.forgeable.items())),
        "seed": SEED,
        "resamples": RESAMPLES,
    }
    if grouped:
        found["families"] = families
    if scored:
        error = standard_error(
            [(tally.answers[p.task_id], tally.passes[p.task_id]) for p in scored]
        )
        found["standard_error"] = asdict(error)
        found["detectable"] = {
            "paired": detectable_paired(error.total),
            "unpaired": detectable_unpaired(error.total),
            "assumed_correlation": ASSUMED_CORRELATION,
        }
    return found


def _score(tally: Tally, scored: Sequence[Problem], k: int) -> dict[str, Any]:
    """One pass@k; without an estimate where some problem has fewer than k samples."""
    short = sum(tally.answers[p.task_id] < k for p in scored)
    if short or not scored:
        fewest = min((tally.answers[p.task_id] for p in scored), default=0)
        note = f"{short} of {len(scored)} problems have fewer than {k} samples (fewest: {fewest})"
        return {"k": k, "estimate": None, "note": note if scored else "no problem has a verdict"}
    values: dict[str, list[float]] = {}
    for problem in scored:
        task = problem.task_id
        score = pass_at_k(tally.answers[task], tally.passes[task], k)
        values.setdefault(problem.family, []).append(score)
    once = all(tally.answers[p.task_id] == 1 for p in scored)
    if once and len(values) == len(scored):
        interval = wilson(sum(tally.passes.values()), len(scored))
    else:
        interval = clustered(values, seed_for(SEED, "pass", k), RESAMPLES)
    return {"k": k, **asdict(interval), "method": _method(interval, len(values), len(scored))}


def _method(interval: Interval, clusters: int, problems: int) -> str:
    units = f"{clusters} problems" if clusters == problems else f"{clusters} families"
    return {
        "wilson": f"Wilson, {problems} problems",
        "wilson over clusters": f"Wilson over {units}, all alike",
        "bootstrap over clusters": f"bootstrap over {units}",
    }[interval.method]


def lines(summary: Mapping[str, Any]) -> list[str]:
    """What is printed."""
    stamp = " UNSANDBOXED" if summary["had"]["tier"] == "UNSANDBOXED" else ""
    missing = summary["problems"] - summary["scored_problems"]
    of = f" ({summary['scored_problems']} of {summary['problems']} problems)" if missing else ""
    asked, counts = summary["asked"], summary["verdicts"]
    told = [
        f"{asked['benchmark']}: {summary['problems']} problems, {asked['samples']:,} samples,"
        f" tier {summary['had']['tier']}"
    ]
    told += [f"pass@{row['k']}{of}: {_words(row)}{stamp}" for row in summary["scores"]]
    if missing:
        told.append(f"{missing} of {summary['problems']} problems have no verdict and are left out")
    if counts["infrastructure_error"]:
        told.append(
            f"incomplete: {counts['infrastructure_error']} checks were lost and are left out;"
            " --force judges again what is not in the cache"
        )
    told.append("verdicts: " + _counted({name.replace("_", " "): n for name, n in counts.items()}))
    if summary["kinds"]:
        told.append("not passed because of: " + _counted(summary["kinds"]))
    told.append("forgeable: " + (_counted(summary["forgeable"], "; ") or "none"))
    return told + _sureness(summary, of)


def _words(row: Mapping[str, Any]) -> str:
    if row["estimate"] is None:
        return f"not given, {row['note']}"
    low, high = 100 * row["low"], 100 * row["high"]
    return f"{100 * row['estimate']:.1f}% (95% interval {low:.1f} to {high:.1f}; {row['method']})"


def _counted(counts: Mapping[str, int], between: str = ", ") -> str:
    return between.join(f"{n:,} {name}" for name, n in counts.items() if n)


def _sureness(summary: Mapping[str, Any], of: str) -> list[str]:
    if "standard_error" not in summary:
        return []
    error, effect = summary["standard_error"], summary["detectable"]
    parts = ""
    if error["between"] is not None:
        parts = (
            f" ({100 * error['between']:.1f} from the choice of problems,"
            f" {100 * error['within']:.1f} from sampling answers)"
        )
    return [
        f"standard error of pass@1{of}: {100 * error['total']:.1f} points{parts}",
        f"minimum detectable effect{of}: {100 * effect['paired']:.1f} points against a run on the same"
        f" problems (correlation {effect['assumed_correlation']:g} assumed),"
        f" {100 * effect['unpaired']:.1f} on others; 80% power, 5% two-sided",
    ]
