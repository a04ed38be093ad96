"""What a reader wants to see with their own eyes: code kept and dropped, answers right and wrong."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from hornbook.randomness import seed_for
from hornbook.records import Completion, Document, Dropped, Problem, Verdict
from hornbook.report.config import ReportSettings
from hornbook.stages import StageContext
from hornbook.storage import read_json, read_rows

EXCERPT = 1_500


@dataclass(frozen=True)
class Solution:
    """One answer of the default arm and what became of it."""

    problem: Problem
    completion: Completion
    verdict: Verdict


@dataclass(frozen=True)
class Judged:
    """A piece of code with its score."""

    title: str
    score: float
    text: str


@dataclass(frozen=True)
class Hit:
    """A training row that was dropped for resembling a benchmark."""

    where: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Examples:
    kept: list[Judged]
    dropped: list[Judged]
    solutions: list[Solution]
    hits: list[Hit]


def examples_of(context: StageContext, settings: ReportSettings, arm: str) -> Examples:
    """Kept and dropped code, drawn at random; answers of `arm`, right and wrong by turns."""
    quality = context.inputs["quality"]
    kept = read_rows(quality / "documents", Document)
    dropped = read_rows(quality / "dropped", Dropped)
    hits = [
        Hit(f"{row.collection}: {row.path}", row.reason, row.detail)
        for row in islice(read_rows(context.inputs["decontaminate"] / "dropped", Dropped), 12)
    ]
    return Examples(
        kept=_drawn(kept, settings.examples, context.seed),
        dropped=_drawn(dropped, settings.examples, context.seed),
        solutions=_solutions(context, settings.solutions, arm),
        hits=hits,
    )


def _drawn(rows: Iterable[Document | Dropped], count: int, seed: int) -> list[Judged]:
    """`count` of the rows that have a score, in a seeded order, the best first."""
    judged = (row for row in rows if row.score is not None and row.text)
    drawn = heapq.nsmallest(count, judged, key=lambda r: (seed_for(seed, "shown", r.id), r.id))
    shown = [
        Judged(f"{row.collection}: {row.path}", row.score or 0.0, _excerpt(row.text or ""))
        for row in drawn
    ]
    return sorted(shown, key=lambda row: (-row.score, row.title))


def _excerpt(text: str) -> str:
    if len(text) <= EXCERPT:
        return text
    return text[:EXCERPT].rsplit("\n", 1)[0] + "\n# ... goes on"


def _solutions(context: StageContext, count: int, arm: str) -> list[Solution]:
    """Half right, half wrong where there are enough of both; different families first."""
    scores = context.inputs["evaluate/scores"]
    if read_json(scores / "scores.json")["status"] == "not run":
        return []
    verdicts = {
        row.completion_id: row
        for row in read_rows(scores / "verdicts.parquet", Verdict)
        if row.arm == arm
    }
    problems = _problems(context)
    answers = [
        Solution(problems[row.task_id], row, verdicts[row.id])
        for row in read_rows(context.inputs[f"evaluate/{arm}"] / "completions", Completion)
        if row.task_id in problems and row.id in verdicts
    ]
    right = _varied([s for s in answers if s.verdict.passed])
    wrong = _varied([s for s in answers if not s.verdict.passed])
    half = count // 2
    chosen = right[: max(half, count - len(wrong))]
    return chosen + wrong[: count - len(chosen)]


def _varied(solutions: Sequence[Solution]) -> list[Solution]:
    """One of each family, then the second of each, and so on."""
    seen: dict[str, int] = {}
    ranked: list[tuple[int, int, Solution]] = []
    for solution in solutions:
        family = solution.problem.family
        ranked.append((seen.get(family, 0), len(ranked), solution))
        seen[family] = seen.get(family, 0) + 1
    return [solution for *_, solution in sorted(ranked, key=lambda item: item[:2])]


def _problems(context: StageContext) -> dict[str, Problem]:
    import json

    found = {}
    for path in sorted((context.inputs["synthesis"] / "problems").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            problem = Problem(**json.loads(line))
            found[problem.task_id] = problem
    return found
