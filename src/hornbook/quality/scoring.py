"""Documents to scores: cut into pieces like those that were judged, each piece scored."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hornbook.engine import Executor, Job, JobFailure, Workers, executor_for, run_jobs
from hornbook.quality.filter import Filter
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

    filter: Path
    version: str = "2"
    _loaded: Filter | None = field(default=None, repr=False)

    def setup(self) -> None:
        self._loaded = Filter.load(self.filter)

    def __call__(self, payload: list[str]) -> dict[str, Any]:
        loaded = self._loaded or Filter.load(self.filter)
        return {"files": [], "rows": [list(row) for row in loaded.documents(payload)]}


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A text's score, the mean of its pieces'; None with the reason why there is none."""

    id: str
    score: float | None
    reason: str | None = None


def score_texts(texts: Iterable[Text], filter_file: Path, workers: int) -> Iterator[ScoredText]:
    """A score for each text, in order, with only a part of them in memory at a time.

    The number of workers changes no score.
    """
    waiting = iter(texts)
    executor, work = executor_for(workers), ScorePieces(filter_file)
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
    filter_file: Path,
    executor: Executor,
    ledger: Path,
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> list[DocumentScore | JobFailure]:
    """A score for each document, in order, or why there is none."""
    parts = [
        documents[start : start + DOCUMENTS_PER_JOB]
        for start in range(0, len(documents), DOCUMENTS_PER_JOB)
    ]
    known = file_digest(filter_file)
    jobs = [
        Job(f"score-{number:05d}", [row.text for row in part], digest([known, *(r.id for r in part)]))
        for number, part in enumerate(parts)
    ]  # fmt: skip
    results = run_jobs(executor, ScorePieces(filter_file), jobs, ledger, on_done)
    found: list[DocumentScore | JobFailure] = []
    for part, result in zip(parts, results, strict=True):
        if isinstance(result, JobFailure):
            found.extend(result for _ in part)
        else:
            rows = zip(part, result["rows"], strict=True)
            found.extend(DocumentScore(row.id, *values) for row, values in rows)
    return found
