"""Jobs of this room: a failure of one is a failure of all, for no row may get lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hornbook.engine import Executor, InProcess, Job, JobFailure, Limits, Work, run_jobs
from hornbook.errors import HornbookError
from hornbook.progress import Progress

DAYS = 7
"""After so many even the largest file should have been read."""


@dataclass(frozen=True)
class Hands:
    """Who does the jobs, where their files lie meanwhile, and who is told of what is done."""

    executor: Executor
    scratch: Path
    on_done: Callable[[int, int], None] = lambda done, total: None

    def do(self, work: Work, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """The results in the order of the jobs.

        A single one is done in this process, for workers would take longer to start.
        Raises `HornbookError` for a job that failed: what others finished stays in the ledger.
        """
        executor = InProcess() if len(jobs) < 2 else _Patient(self.executor)
        done = []
        for result in run_jobs(executor, work, jobs, self.scratch, self.on_done):
            if isinstance(result, JobFailure):
                raise HornbookError(f"sources: {result.job} failed: {result.reason}")
            done.append(result)
        return done

    def during(self, progress: Progress, start: float, end: float, note: str) -> Hands:
        """The same hands, whose jobs take a stage's progress from `start` to `end`."""

        def on_done(done: int, total: int) -> None:
            share = start + (end - start) * done / max(total, 1)
            progress.advance(share, 1.0, f"{done} of {total} {note}")

        return replace(self, on_done=on_done)

    def part(self, before: int, total: int) -> Hands:
        """The same hands for some of `total` jobs, `before` of which are done."""
        return replace(self, on_done=lambda done, _: self.on_done(before + done, total))


class _Patient:
    """An executor whose jobs may take days: a packed file can't be divided, however large it is."""

    def __init__(self, executor: Executor) -> None:
        self.limits = replace(executor.limits, seconds=DAYS * 86_400)
        self._executor = executor

    def map(
        self, work: Work, payloads: Iterable[Any], limits: Limits | None = None
    ) -> Iterator[tuple[int, dict[str, Any] | JobFailure]]:
        return self._executor.map(work, payloads, limits or self.limits)
