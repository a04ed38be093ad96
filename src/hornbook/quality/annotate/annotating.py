"""A teacher judges a sample, in batches, until more judgements are not worth their price (phi-1 2.1).

The first batch is spread over groups. Then the filter is fitted to what is known, and the next batch
is what it knows least about, with a share that is spread again. Every choice follows from finished
batches and the seed, so a run that was stopped goes on as if nothing had happened: what was answered
is in the store and costs nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from hornbook.errors import NetworkError
from hornbook.quality.annotate.measuring import Measured, measure, narrows
from hornbook.quality.annotate.work import Annotating, Work
from hornbook.teacher.budget import Budget
from hornbook.teacher.cache import Store
from hornbook.teacher.expected import Expected
from hornbook.teacher.request import Teacher

Connect = Callable[[Store, Budget, threading.Event], Teacher]
"""Makes the teacher of the store, the budget, and the event after which nothing more is sent."""


@dataclass(frozen=True)
class Events:
    """What somebody may want to be told meanwhile."""

    on_expected: Callable[[Expected], None] = lambda told: None
    on_answer: Callable[[int, int], None] = lambda done, total: None
    on_batch: Callable[[Measured, Budget], None] = lambda measured, budget: None


@dataclass(frozen=True)
class Outcome:
    """How it ended, and what is known now."""

    spent: bool
    """True where the budget ended it."""
    because: str
    summary: dict[str, Any]


def annotate(wanted: Annotating, connect: Connect, events: Events | None = None) -> Outcome:
    """Judge until there is enough; writes `wanted.out` and what lies beside it after every batch.

    Raises `SourceError` for texts that can't be read, `ConfigError` for files of another annotation,
    and what a `Teacher` raises where no request can succeed.
    """
    work, events = Work(wanted), events or Events()
    with Store(work.beside.answers) as store:
        work.beside.keep(work.summary)
        events.on_expected(work.expected(store.answers()))
        budget, stop = Budget(store, wanted.limits), threading.Event()
        return _run(work, connect(store, budget, stop), (budget, stop), events)


def planned(wanted: Annotating) -> Expected:
    """What `annotate` will take. Nothing is asked and nothing written."""
    work = Work(wanted)
    if not work.beside.answers.is_file():
        return work.expected([])
    with Store(work.beside.answers) as store:
        return work.expected(store.answers())


def _run(
    work: Work, teacher: Teacher, limits: tuple[Budget, threading.Event], events: Events
) -> Outcome:
    budget, stop = limits
    if again := work.take_failed():
        spent = work.ask(teacher, stop, again, events.on_answer)
        if spent is not None:
            return _outcome(work, budget, spent)
        work.write(budget)
    while (because := _enough(work)) is None:
        chosen = work.choose()
        spent = work.ask(teacher, stop, chosen, events.on_answer)
        if spent is not None:
            return _outcome(work, budget, spent)
        if not any(row.batch == work.finished for row in work.rows):
            work.write(budget)
            raise NetworkError(
                f"{work.wanted.model}: no usable answer to any of {len(chosen)} texts; what it said is"
                f" in {work.beside.named('failed.jsonl')}"
            )
        measured = measure(*work.judged(), (work.wanted.seed, work.wanted.resamples))
        work.summary["batches"].append({**asdict(measured), "tokens": budget.tokens})
        work.write(budget)
        events.on_batch(measured, budget)
    return _outcome(work, budget, None, because)


def _enough(work: Work) -> str | None:
    """Why there is enough, or None."""
    asked, wanted = work.asked, work.wanted
    if asked >= len(work.by_id):
        return "every text was asked about"
    if asked >= wanted.most:
        return f"{asked:,} texts were asked about (--most)"
    if not narrows(work.summary["batches"], wanted.narrowing):
        return (
            "the last batches narrowed the interval by less than"
            f" {wanted.narrowing:g} each (--narrowing)"
        )
    return None


def _outcome(work: Work, budget: Budget, spent: str | None, because: str = "") -> Outcome:
    work.end(budget, spent or because)
    return Outcome(spent is not None, spent or because, work.summary)
