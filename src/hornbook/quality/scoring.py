"""Documents to scores: cut into pieces like those that were judged, each piece scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hornbook.engine import Job, JobFailure, executor_for, run_jobs
from hornbook.quality.chunks import chunks
from hornbook.quality.forest import EMBEDDER, Forest
from hornbook.records import Document
from hornbook.storage import digest, file_digest

DOCUMENTS_PER_JOB = 40


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """A document's pieces in two figures; the recipe says which one decides."""

    id: str
    mean: float
    """Weighted by the pieces' lengths."""
    max: float
    pieces: int


@dataclass
class ScorePieces:
    """The engine's work: the scores of a few documents."""

    forest: Path
    version: str = "1"
    _loaded: Forest | None = field(default=None, repr=False)

    def setup(self) -> None:
        self._loaded = Forest.load(self.forest)

    def __call__(self, payload: list[str]) -> dict[str, Any]:
        forest = self._loaded or Forest.load(self.forest)
        cut = [chunks(text) for text in payload]
        scores = iter(forest.predict(EMBEDDER.embed([piece for each in cut for piece in each])))
        rows = []
        for pieces in cut:
            sizes = [len(piece) for piece in pieces]
            mine = [float(next(scores)) for _ in pieces]
            mean = sum(s * n for s, n in zip(mine, sizes, strict=True)) / max(sum(sizes), 1)
            rows.append([mean, max(mine), len(pieces)])
        return {"files": [], "rows": rows}


def score_documents(
    documents: Sequence[Document],
    forest: Path,
    workers: int,
    ledger: Path,
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> list[DocumentScore | JobFailure]:
    """A score for each document, in order, or why there is none."""
    parts = [
        documents[start : start + DOCUMENTS_PER_JOB]
        for start in range(0, len(documents), DOCUMENTS_PER_JOB)
    ]
    known = file_digest(forest)
    jobs = [
        Job(f"score-{number:05d}", [row.text for row in part], digest([known, *(r.id for r in part)]))
        for number, part in enumerate(parts)
    ]  # fmt: skip
    results = run_jobs(executor_for(workers), ScorePieces(forest), jobs, ledger, on_done)
    found: list[DocumentScore | JobFailure] = []
    for part, result in zip(parts, results, strict=True):
        if isinstance(result, JobFailure):
            found.extend(result for _ in part)
        else:
            rows = zip(part, result["rows"], strict=True)
            found.extend(DocumentScore(row.id, *values) for row, values in rows)
    return found
