"""Textbooks and exercises: the recorded teacher's and the workbook's. Exercises are run first.

Phi-1 (2.2) had them written by a language model, with topics, audiences and names injected for
diversity. Here the recorded teacher brings textbooks and exercises that were written so, and the
workbook writes exercises by program, whose difficulty and novelty are known exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

from hornbook.records import Document, Dropped, Exercise, content_id
from hornbook.sandbox import Limits, run_all, unprotected
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import write_json_lines, write_shards
from hornbook.synthesis.config import SynthesisSettings
from hornbook.synthesis.problems import BENCHMARKS, to_problems
from hornbook.synthesis.workbook import write_workbook
from hornbook.teacher import Textbook, recorded_exercises, recorded_textbooks

LIMITS = Limits(cpu_seconds=5, wall_seconds=30)


def run(context: StageContext, settings: SynthesisSettings) -> StageResult:
    """Write `textbooks/`, `held_out_textbooks/`, `exercises/`, `problems/*.jsonl` and `dropped/`."""
    books = [_document(book) for book in recorded_textbooks()]
    chosen = sorted(books, key=lambda row: row.id)[: settings.textbooks]
    held = chosen[: min(settings.held_out_textbooks, len(chosen) // 2)]
    write_shards(context.folder / "held_out_textbooks", Document, held)
    write_shards(context.folder / "textbooks", Document, chosen[len(held) :])

    book = write_workbook(settings, context.seed)
    recorded = recorded_exercises()[: settings.recorded_exercises]
    every = [*recorded, *book.train, *book.known, *book.unknown]
    passed, failed = _verify(context, every)
    dropped = [*book.dropped, *failed]
    kept = [row for row in passed if row.split == "train"]
    write_shards(context.folder / "exercises", Exercise, kept)
    problems: dict[str, int] = {}
    for split, name in BENCHMARKS.items():
        rows = to_problems([row for row in passed if row.split == split])
        problems[name] = write_json_lines(context.folder / "problems" / f"{name}.jsonl", rows)
    write_shards(context.folder / "dropped", Dropped, dropped)
    counts = {
        "textbooks": Counts(len(chosen), len(chosen)),
        "exercises": _counts(len(every) + len(book.dropped), len(passed), dropped),
    }
    families = {row.family for row in book.train}
    facts = {
        "held_out_textbooks": len(held),
        "problems": problems,
        "recorded": sum(row.origin == "recorded" for row in kept),
        "workbook": sum(row.origin == "workbook" for row in kept),
        "known_families": len(families),
        "unknown_families": len({row.family for row in book.unknown}),
    }
    return StageResult(counts, facts)


def _document(book: Textbook) -> Document:
    return Document(
        id=content_id(book.text),
        text=book.text,
        source="teacher",
        collection=book.topic,
        version="recorded",
        path=book.id,
        licence="Apache-2.0",
    )


def _verify(
    context: StageContext, exercises: Sequence[Exercise]
) -> tuple[list[Exercise], list[Dropped]]:
    """Run every solution against its tests; these programs are ours, so limits are enough."""
    programs = [f"{row.program}\n{row.tests}" for row in exercises]
    outcomes = run_all(
        unprotected,
        programs,
        LIMITS,
        context.workers,
        lambda done, total: context.progress.advance(done, total, "exercises run"),
    )
    passed, failed = [], []
    for row, outcome in zip(exercises, outcomes, strict=True):
        if outcome.status == "ok":
            passed.append(row)
            continue
        lost = outcome.status == "infrastructure_error"
        reason = "not-run" if lost else f"tests-{outcome.status.replace('_', '-')}"
        failed.append(
            Dropped(row.id, row.origin, row.family, row.name, reason, outcome.reason, failed=lost)
        )
    return passed, failed


def _counts(rows_in: int, kept: int, dropped: Sequence[Dropped]) -> Counts:
    reasons: dict[str, int] = {}
    for row in dropped:
        if not row.failed:
            reasons[row.reason] = reasons.get(row.reason, 0) + 1
    return Counts(rows_in, kept, reasons, sum(row.failed for row in dropped))
