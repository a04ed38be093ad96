"""An annotation under way: what is judged, what failed, what comes next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.embed import Embedder, embedder_for
from hornbook.errors import SourceError
from hornbook.quality.annotate.agreement import Pairs, agreement
from hornbook.quality.annotate.choosing import Pool, doubtful, spread
from hornbook.quality.annotate.files import Beside, Failed, Row, read_texts, row_of
from hornbook.quality.annotate.question import TRIES, Question, judge, question_named
from hornbook.quality.annotations import Excerpt
from hornbook.quality.config import QualitySettings
from hornbook.quality.process import fit_process
from hornbook.quality.vectors import Maker
from hornbook.randomness import seed_for
from hornbook.teacher.budget import Budget, Limits
from hornbook.teacher.expected import Expected, expected
from hornbook.teacher.many import ask_many
from hornbook.teacher.request import BudgetSpent, RequestFailed, Teacher

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPREAD_SHARE = 0.2
"""Of every batch after the first: what is spread without a look at the filter, so that there are
judgements of the texts as they are, and not of the hard ones alone."""
MARKS = 200
"""Bytes around a text in a request."""


@dataclass(frozen=True)
class Annotating:
    """What is asked for."""

    texts: Path
    out: Path
    model: str
    question: str = "code"
    embedder: str | None = None
    """None: the question's."""
    make: Maker = embedder_for
    """The embedder of a name."""
    limits: Limits = field(default_factory=Limits)
    batch: int = 50
    most: int = 1000
    repeat: float = 0.1
    """Share of the texts that are judged twice."""
    narrowing: float = 0.002
    """What a batch must take off the interval of the metric, over the last three of them."""
    choose: str = "doubt"
    """Or `spread`, `random`: never look at the filter, and at the groups neither."""
    seed: int = 1
    at_once: int = 16
    pool: int = 20_000
    longest: int = 12_000
    """Characters of a text that is still asked about."""
    resamples: int = 1000
    """For the intervals."""


class Work:
    """The files of an annotation in memory. `rows` and `failed` are those of finished batches, and
    of the batch under way once it was asked."""

    def __init__(self, wanted: Annotating) -> None:
        self.wanted, self.beside = wanted, Beside(wanted.out)
        self.question: Question = question_named(wanted.question)
        self.embedder: Embedder = wanted.make(wanted.embedder or self.question.embedder)
        self.summary = self.beside.begin(self._began())
        rows, failed = self.beside.rows(), self.beside.failed()
        read = read_texts(wanted.texts, wanted.pool, wanted.longest, wanted.seed)
        self.by_id, self.dropped = {row.id: row for row in read.candidates}, read.dropped
        if not self.by_id:
            told = ", ".join(
                f"{count:,} {reason}" for reason, count in sorted(read.dropped.items())
            )
            raise SourceError(f"{wanted.texts}: no text to ask about ({told or 'it holds none'})")
        names = [row.id for row in rows] + [row.id for row in failed]
        if gone := [name for name in names if name not in self.by_id]:
            raise SourceError(
                f"{wanted.texts}: the text `{gone[0]}` was asked about and is not there any more;"
                " put it back, or name another --out"
            )
        self.rows = [row for row in rows if row.batch < self.finished]
        self.failed = [row for row in failed if row.batch < self.finished]
        # What a stopped run had of its last batch: it comes again, from the store.
        self._partial = [row for row in rows if row.batch >= self.finished]
        self._tries = {row.id: row.tries for row in failed if row.batch >= self.finished}
        self._vectors: NDArray[np.float32] | None = None

    def _began(self) -> dict[str, Any]:
        """What makes another choice or another answer."""
        same = ("model", "seed", "batch", "repeat", "choose", "pool", "longest")
        told = {name: getattr(self.wanted, name) for name in same}
        return {**told, "question": self.question.digest, "embedder": self.embedder.name}

    @property
    def finished(self) -> int:
        """Batches."""
        return len(self.summary["batches"])

    @property
    def asked(self) -> int:
        return len(self.rows) + len(self.failed)

    def expected(self, answers: Sequence[tuple[int, int]]) -> Expected:
        """What is still to come; `answers` are the tokens of those there are."""
        wanted = self.wanted
        most = max(min(wanted.most, len(self.by_id)) - self.asked, 0)
        same = len(self.question.instruction.encode()) + MARKS
        sizes = [len(row.text.encode("utf-8", "replace")) + same for row in self.by_id.values()]
        counts = min(most, wanted.batch), round(most * (1 + wanted.repeat))
        return expected(counts, sizes, answers, wanted.limits)

    def take_failed(self) -> list[Failed]:
        """What failed in finished batches, to be asked again."""
        taken, self.failed = self.failed, []
        return taken

    def choose(self) -> list[Failed]:
        """The texts of the next batch, as rows that are still without a judgement."""
        wanted, pool = self.wanted, self._pool()
        asked = {row.id for row in self.rows} | {row.id for row in self.failed}
        left = [row for row in range(len(pool.ids)) if pool.ids[row] not in asked]
        count = min(wanted.batch, wanted.most - len(asked), len(left))
        if wanted.choose == "random":
            # The pool stands in an order of chance.
            return [self._chosen(pool.ids[row], "random") for row in left[:count]]
        look = bool(self.rows) and wanted.choose == "doubt"
        by_chance = spread(pool, left, max(1, round(SPREAD_SHARE * count)) if look else count)
        by_doubt: list[int] = []
        if look and count > len(by_chance):
            process = fit_process(self._of_rows(), [row.score for row in self.rows], _SETTINGS)
            others = [row for row in left if row not in set(by_chance)]
            by_doubt = doubtful(process, pool, others, count - len(by_chance))
        return [self._chosen(pool.ids[row], "spread") for row in by_chance] + [
            self._chosen(pool.ids[row], "doubt") for row in by_doubt
        ]

    def _chosen(self, name: str, how: str) -> Failed:
        return Failed(name, self.finished, how, "", "", "", self._tries.get(name, 0))

    def ask(
        self,
        teacher: Teacher,
        stop: threading.Event,
        chosen: Sequence[Failed],
        on_answer: Callable[[int, int], None],
    ) -> str | None:
        """Every chosen text becomes a judgement or a failure. Where the budget is spent before, what
        it says: then some are left as they were."""
        done = 0

        def on_done() -> None:
            nonlocal done
            done += 1
            on_answer(done, len(chosen))

        results = ask_many(
            lambda row: self._judge(teacher, row), chosen, self.wanted.at_once, stop, on_done
        )
        self._partial, spent = [], None
        for row, result in zip(chosen, results, strict=True):
            if isinstance(result, Row):
                self.rows.append(result)
            elif isinstance(result, RequestFailed):
                self.failed.append(_failed(row, result))
            elif row.reason:
                self.failed.append(row)
            if isinstance(result, BudgetSpent):
                spent = spent or str(result)
        self.rows.sort(key=lambda row: row.batch)
        self.failed.sort(key=lambda row: row.batch)
        return spent

    def _judge(self, teacher: Teacher, row: Failed) -> Row:
        candidate = self.by_id[row.id]
        first = judge(teacher, self.question, candidate.text, row.tries)
        drawn = seed_for(self.wanted.seed, "annotate", "again", row.id)
        second = None
        if drawn < self.wanted.repeat * 2**63:
            again = judge(teacher, self.question, candidate.text, row.tries, second=True)
            second = again.score
        how = {"question": self.question.digest, "batch": row.batch, "chosen": row.chosen}
        return row_of(candidate, {**asdict(first), "second_score": second, **how})

    def judged(self) -> tuple[list[Excerpt], list[bool], Embedder, NDArray[np.float32]]:
        """All judged texts, which of them were spread, and their vectors."""
        excerpts = [Excerpt(row.annotation, self.by_id[row.id].text) for row in self.rows]
        by_chance = [row.chosen != "doubt" for row in self.rows]
        return excerpts, by_chance, self.embedder, self._of_rows()

    def _pool(self) -> Pool:
        rows = list(self.by_id.values())
        if self._vectors is None:
            self._vectors = self.embedder.embed([row.text for row in rows])
        return Pool([row.id for row in rows], [row.group for row in rows], self._vectors)

    def _of_rows(self) -> NDArray[np.float32]:
        place = {name: number for number, name in enumerate(self.by_id)}
        return self._pool().vectors[[place[row.id] for row in self.rows]]

    def write(self, budget: Budget) -> None:
        """All files, each whole."""
        rows = [*self.rows, *self._partial]
        self.summary |= {
            "rows": len(rows),
            "failed": len(self.failed),
            "texts": len(self.by_id),
            "dropped": self.dropped,
            "tokens": budget.tokens,
            "money": budget.money,
        }
        self.beside.write(rows, self.failed, self.summary)

    def end(self, budget: Budget, because: str) -> None:
        """All files, and how far the teacher agrees with itself."""
        twice = [row for row in (*self.rows, *self._partial) if row.second_score is not None]
        pairs = Pairs(
            [row.score for row in twice],
            [row.second_score for row in twice if row.second_score is not None],
            [row.group for row in twice],
        )
        alike = agreement(pairs, (self.wanted.seed, self.wanted.resamples))
        self.summary |= {
            "ended": because,
            "judged_twice": len(twice),
            "agreement": [asdict(metric) for metric in alike],
        }
        self.write(budget)


def _failed(row: Failed, why: RequestFailed) -> Failed:
    tries = row.tries + TRIES * (why.reason == "unreadable-answer")
    return replace(row, reason=why.reason, detail=why.detail, raw=why.raw, tries=tries)


_SETTINGS = QualitySettings(fraction=1.0)
