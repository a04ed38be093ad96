"""Documents to scores, with only a part of them in memory at a time.

A document's score is a pure function of its text and of the filter, so it is kept by both: more
documents, or other cuts into jobs, score only what is new.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.embed import Embedder
from hornbook.engine import Executor, JobFailure, Row, RowCache, cached_rows, run_rows
from hornbook.quality.drift import Text, Watched
from hornbook.quality.filter import Filter
from hornbook.records import Document
from hornbook.storage import count_rows, file_digest, read_rows, streamed_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DOCUMENTS_PER_JOB = 40
TEXTS_AT_A_TIME = 4_000
HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """A document's pieces in two figures; the recipe says which one decides."""

    id: str
    mean: float
    """Weighted by the pieces' lengths."""
    max: float
    pieces: int
    characters: int = 0
    source: str = ""
    collection: str = ""
    held_out: bool = False
    topic: str = ""
    """Of the recorded textbook that any of its pieces is most like."""


@dataclass
class ScorePieces:
    """The engine's work over texts: mean, best and number of the pieces' scores of each."""

    filter: Path
    version: str = "4"
    embedder: Embedder | None = None
    """Where the name in the filter does not make it."""
    _loaded: Filter | None = field(default=None, repr=False)

    def setup(self) -> None:
        self._loaded = Filter.load(self.filter, self.embedder)

    def __call__(self, payload: list[str]) -> dict[str, Any]:
        loaded = self._loaded or Filter.load(self.filter, self.embedder)
        scored = loaded.documents(payload)
        return {"files": [], "rows": [[round(a, 6), round(b, 6), n, t] for a, b, n, t in scored]}


@dataclass
class Scores:
    """What became of the documents of a table, in their order."""

    values: array[float] = field(default_factory=lambda: array("d"))
    """NaN where a document could not be scored."""
    characters: array[int] = field(default_factory=lambda: array("q"))
    failures: dict[str, str] = field(default_factory=dict)
    """Why a document has no score, by its id."""

    @property
    def scores(self) -> NDArray[np.float64]:
        import numpy as np

        return np.asarray(self.values)

    @property
    def sizes(self) -> NDArray[np.int64]:
        import numpy as np

        return np.asarray(self.characters)


@dataclass(frozen=True)
class Scoring:
    """With what documents are scored."""

    executor: Executor
    filter: Path
    cache: Path
    figure: str
    """`mean` or `max`."""
    warn: Callable[[str], None] = lambda message: None
    embedder: Embedder | None = None
    """Where the name in the filter does not make it."""
    watched: Watched | None = None
    """Sees the documents, those held out excepted, as they are read."""

    @property
    def work(self) -> ScorePieces:
        return ScorePieces(self.filter, embedder=self.embedder)


def score_tables(
    how: Scoring,
    tables: Iterable[Path],
    out: Path,
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Scores], dict[str, int]]:
    """The scores of each table of documents, and how many of them were known, done, failed.

    `out` is written: a DocumentScore for each document that could be scored.
    """
    folders = list(tables)
    cache = RowCache.of(how.cache, how.work, file_digest(how.filter), how.warn)
    found = [Scores() for _ in folders]
    total, done = sum(count_rows(folder) for folder in folders), 0

    def rows() -> Iterator[DocumentScore]:
        nonlocal done
        for folder, scores in zip(folders, found, strict=True):
            for scored in _table(how, folder, scores, cache):
                done += 1
                if done % 100 == 0 or done == total:
                    on_done(done, total)
                if scored is not None:
                    yield scored

    streamed_rows(out, DocumentScore, rows())
    cache.close()
    counts = cache.counts
    return found, {"known": counts.known, "scored": counts.done, "failed": counts.failed}


def _table(
    how: Scoring, folder: Path, scores: Scores, cache: RowCache
) -> Iterator[DocumentScore | None]:
    waiting: dict[str, Document] = {}

    def rows() -> Iterator[Row]:
        documents = read_rows(folder, Document)
        if how.watched is not None and folder.name != HELD_OUT:
            documents = how.watched.through(documents)
        for row in documents:
            waiting[row.id] = row
            yield Row(row.id, row.text)

    for asked, result in cached_rows(how.executor, how.work, rows(), cache):
        row = waiting.pop(asked.id)
        scores.characters.append(len(row.text))
        if isinstance(result, JobFailure):
            scores.failures[row.id] = result.reason
            scores.values.append(float("nan"))
            yield None
            continue
        mean, best, pieces, topic = result
        scores.values.append(round(mean if how.figure == "mean" else best, 6))
        place = (row.source, row.collection, folder.name == HELD_OUT, topic)
        yield DocumentScore(row.id, mean, best, pieces, len(row.text), *place)


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A text's score, the mean of its pieces'; None with the reason why there is none."""

    id: str
    score: float | None
    reason: str | None = None


def score_texts(
    texts: Iterable[Text],
    filter_file: Path,
    executor: Executor,
    embedder: Embedder | None = None,
) -> Iterator[ScoredText]:
    """A score for each text, in order, with only a part of them in memory at a time.

    Neither the executor nor the number of workers changes a score.
    """
    waiting, work = iter(texts), ScorePieces(filter_file, embedder=embedder)
    while part := list(itertools.islice(waiting, TEXTS_AT_A_TIME)):
        results = run_rows(executor, work, [row.text for row in part], DOCUMENTS_PER_JOB)
        for row, result in zip(part, results, strict=True):
            if isinstance(result, JobFailure):
                yield ScoredText(row.id, None, result.reason)
            else:
                yield ScoredText(row.id, float(result[0]))
