"""Rows, several to a job: what fails together is halved until the one row at fault stands alone.

A work over rows takes a list of rows and gives `{"rows": [...]}`, a result a row in their order. What
it gives for a row depends on that row alone, never on its neighbours, so any cut gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from hornbook.engine.executors import Executor
from hornbook.engine.jobs import JobFailure, Work
from hornbook.engine.scheduling import Limits
from hornbook.errors import HornbookError

Part = tuple[int, int]
"""The first row of a job and the one after its last."""


def run_rows(
    executor: Executor, work: Work, rows: Sequence[Any], rows_per_job: int
) -> list[Any | JobFailure]:
    """A result for each row, in order, or why that row alone has none."""
    found: list[Any | JobFailure] = [None] * len(rows)
    for first, results in rows_as_done(executor, work, rows, rows_per_job):
        found[first : first + len(results)] = results
    return found


def rows_as_done(
    executor: Executor, work: Work, rows: Sequence[Any], rows_per_job: int
) -> Iterator[tuple[int, list[Any | JobFailure]]]:
    """Yield (number of the first row, results of it and the next ones) as jobs finish.

    A job of several rows that raises, kills its worker once or takes too long is halved, and the
    halves get their share of the time. A row that stands alone has the whole time, and as many
    deaths as any job, before it is given up. So one row in 40 that kills costs at most nine
    deaths, and its neighbours nothing but being done again.
    """
    parts = [(at, min(at + rows_per_job, len(rows))) for at in range(0, len(rows), rows_per_job)]
    while parts:
        broken: list[Part] = []
        for some in filter(None, (_longer(parts), _alone(parts))):
            payloads = (list(rows[first:end]) for first, end in some)
            limits = _limits(executor.limits, some, rows_per_job)
            for position, outcome in executor.map(work, payloads, limits):
                first, end = some[position]
                if not isinstance(outcome, JobFailure):
                    yield first, _results(work, outcome, end - first)
                elif end - first == 1:
                    yield first, [outcome]
                else:
                    broken.append((first, end))
        parts = [half for part in sorted(broken) for half in _halves(part)]


def _longer(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part[1] - part[0] > 1]


def _alone(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part[1] - part[0] == 1]


def _limits(whole: Limits, parts: Sequence[Part], rows_per_job: int) -> Limits:
    longest = max(end - first for first, end in parts)
    if longest == 1:
        return whole
    return replace(whole, deaths=1, seconds=whole.seconds * longest / rows_per_job)


def _halves(part: Part) -> list[Part]:
    """The first is longer by one where the number is odd.

    >>> _halves((15, 20))
    [(15, 18), (18, 20)]
    """
    first, end = part
    middle = (first + end + 1) // 2
    return [(first, middle), (middle, end)]


def _results(work: Work, outcome: dict[str, Any], expected: int) -> list[Any]:
    results: list[Any] = outcome["rows"]
    if len(results) != expected:
        raise HornbookError(
            f"{type(work).__name__} gave {len(results)} results for {expected} rows; this is a"
            " fault of the program"
        )
    return results
