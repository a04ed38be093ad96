"""Documents to scores: cut into pieces like those that were judged, each piece scored."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hornbook.engine import Job, JobFailure, Workers, executor_for, run_jobs
from hornbook.quality.chunks import chunks
from hornbook.quality.forest import EMBEDDER, Forest
from hornbook.records import Document
from hornbook.storage import digest, file_digest

DOCUMENTS_PER_JOB = 40
TEXTS_AT_A_TIME = 4_000
"""For each worker: so many that starting workers costs little beside them."""


class Text(Protocol):
    """A row that has an id and a text."""

    @property
    def id(self) -> str: ...

    @property
    def text(self) -> str: ...


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


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A text's score, the mean of its pieces'; None with the reason why there is none."""

    id: str
    score: float | None
    reason: str | None = None


def score_texts(texts: Iterable[Text], forest: Path, workers: int) -> Iterator[ScoredText]:
    """A score for each text, in order, with only a part of them in memory at a time.

    The number of workers changes no score.
    """
    waiting = iter(texts)
    executor, work = executor_for(workers), ScorePieces(forest)
    while part := list(itertools.islice(waiting, TEXTS_AT_A_TIME * workers)):
        cuts = range(0, len(part), DOCUMENTS_PER_JOB)
        payloads = [[row.text for row in part[cut : cut + DOCUMENTS_PER_JOB]] for cut in cuts]
        outcomes = dict(executor.map(work, payloads))
        for number, cut in enumerate(cuts):
            rows, outcome = part[cut : cut + DOCUMENTS_PER_JOB], outcomes[number]
            if isinstance(outcome, JobFailure):
                yield from _one_by_one(rows, work)
            else:
                for row, values in zip(rows, outcome["rows"], strict=True):
                    yield ScoredText(row.id, float(values[0]))


def _one_by_one(rows: Sequence[Text], work: ScorePieces) -> Iterator[ScoredText]:
    """What fails together is tried apart, each in a process of its own, for one may be at fault."""
    for row in rows:
        for _, outcome in Workers(1).map(work, [[row.text]]):
            if isinstance(outcome, JobFailure):
                yield ScoredText(row.id, None, outcome.reason)
            else:
                yield ScoredText(row.id, float(outcome["rows"][0][0]))


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
