"""Every training text against every benchmark at hand; what resembles one is dropped and listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from hornbook.decontaminate.config import DecontaminateSettings
from hornbook.decontaminate.index import ProblemIndex, ProblemSet, summary
from hornbook.engine import Job, JobFailure, executor_of, run_jobs
from hornbook.errors import HornbookError
from hornbook.records import Document, Dropped, Exercise, Match
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import count_rows, file_digest, read_rows, shards, write_rows, write_shards

ROWS_PER_JOB = 250
"""A part of a shard, so that one shard keeps all workers busy."""
_FENCE = re.compile(r"```(?:python|py)?\n(.*?)```", re.DOTALL)


@dataclass
class Scan:
    """The engine's work: the matches of some rows of one shard."""

    settings: DecontaminateSettings
    sets: tuple[ProblemSet, ...]
    version: str = "1"
    index: ProblemIndex | None = field(default=None, repr=False)

    def setup(self) -> None:
        self.index = ProblemIndex.build(self.settings, self.sets)

    def __call__(self, payload: tuple[str, str, int]) -> dict[str, Any]:
        path, kind, first = payload
        index = self.index or ProblemIndex.build(self.settings, self.sets)
        rows = islice(read_rows(Path(path), _record(kind)), first, first + ROWS_PER_JOB)
        found = [match for row in rows for match in _matches(index, kind, row)]
        return {"files": [], "matches": [asdict(match) for match in found]}


def _record(kind: str) -> type[Any]:
    return Exercise if kind == "exercises" else Document


def _matches(index: ProblemIndex, kind: str, row: Document | Exercise) -> list[Match]:
    if isinstance(row, Exercise):
        return index.exercise_matches(row)
    programs = _FENCE.findall(row.text) if kind == "textbooks" else [row.text]
    return index.matches(row.id, row.text, programs)


def run(
    context: StageContext, settings: DecontaminateSettings, sets: Sequence[ProblemSet]
) -> StageResult:
    """Read code, selected code, textbooks and exercises; write each without its tainted rows.

    `selected` is a part of `code`, so its rows are judged once. Writes `matches.parquet` (every
    resemblance found) and `dropped/` beside the clean tables.
    """
    tables = {
        "code": context.inputs["sources"] / "documents",
        "textbooks": context.inputs["synthesis"] / "textbooks",
        "exercises": context.inputs["synthesis"] / "exercises",
    }
    index = ProblemIndex.build(settings, sets)
    found = _find(context, settings, tuple(sets), tables)
    write_rows(context.folder / "matches.parquet", Match, found)
    tainted: dict[str, Match] = {}
    for match in found:
        tainted.setdefault(match.document_id, match)
    tables["selected"] = context.inputs["quality"] / "documents"
    counts: dict[str, Counts] = {}
    dropped: list[Dropped] = []
    for kind, folder in tables.items():
        counts[kind] = _filter(context.folder / kind, kind, folder, tainted, dropped)
    write_shards(context.folder / "dropped", Dropped, dropped)
    return StageResult(counts, {"benchmarks": summary(sets, index, found)})


def _find(
    context: StageContext,
    settings: DecontaminateSettings,
    sets: tuple[ProblemSet, ...],
    tables: dict[str, Path],
) -> list[Match]:
    jobs = [
        Job(f"{kind}-{path.stem}-{first:05d}", (str(path), kind, first), file_digest(path))
        for kind, folder in tables.items()
        for path in shards(folder)
        for first in range(0, count_rows(path), ROWS_PER_JOB)
    ]
    results = run_jobs(
        executor_of(context),
        Scan(settings, sets),
        jobs,
        context.folder / ".ledger",
        lambda done, total: context.progress.advance(done, total, "parts scanned"),
    )
    found: list[Match] = []
    for result in results:
        if isinstance(result, JobFailure):
            # What was not scanned can't be called checked.
            raise HornbookError(
                f"decontaminate: {result.job} could not be scanned: {result.reason}"
            )
        found.extend(Match(**match) for match in result["matches"])
    return found


def _filter(
    target: Path, kind: str, folder: Path, tainted: dict[str, Match], dropped: list[Dropped]
) -> Counts:
    reasons: dict[str, int] = {}
    rows_in = 0

    def clean() -> Iterator[Any]:
        nonlocal rows_in
        for row in read_rows(folder, _record(kind)):
            rows_in += 1
            match = tainted.get(row.id)
            if match is None:
                yield row
                continue
            reason = f"resembles-{match.benchmark}"
            reasons[reason] = reasons.get(reason, 0) + 1
            dropped.append(_dropped(row, reason, match))

    kept = write_shards(target, _record(kind), clean())
    return Counts(rows_in, kept, reasons)


def _dropped(row: Document | Exercise, reason: str, match: Match) -> Dropped:
    detail = f"{match.kind} {match.score:g} with {match.task_id}: {match.detail}"
    if isinstance(row, Exercise):
        return Dropped(row.id, row.origin, row.family, row.name, reason, detail)
    return Dropped(row.id, row.source, row.collection, row.path, reason, detail)
