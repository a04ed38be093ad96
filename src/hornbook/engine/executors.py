"""Where jobs run: in this process, or in worker processes that are kept alive between jobs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from hornbook.engine.jobs import JobFailure, Work
from hornbook.errors import HornbookError, UserError

Outcome = tuple[int, "dict[str, Any] | JobFailure"]

DEATHS_BEFORE_GIVING_UP = 3


class Executor(Protocol):
    def map(self, work: Work, payloads: Sequence[Any]) -> Iterator[Outcome]:
        """Yield (index, result or failure) as jobs finish. Never raises for one bad job."""


class InProcess:
    """Every job in this process, one after the other."""

    def map(self, work: Work, payloads: Sequence[Any]) -> Iterator[Outcome]:
        if payloads:
            work.setup()
        for index, payload in enumerate(payloads):
            yield index, _attempt(work, payload)


class Workers:
    """Jobs in `count` worker processes, started afresh (spawn), so that no state leaks in."""

    def __init__(self, count: int) -> None:
        self.count = count

    def map(self, work: Work, payloads: Sequence[Any]) -> Iterator[Outcome]:
        remaining = list(range(len(payloads)))
        while remaining:
            in_flight: list[int] = []
            finished: set[int] = set()
            for index, outcome in self._together(work, payloads, remaining, in_flight):
                finished.add(index)
                yield index, outcome
            # A dead worker takes its neighbours' jobs with it: find the culprit one at a time.
            for index in in_flight:
                finished.add(index)
                yield index, self._alone(work, payloads[index])
            remaining = [index for index in remaining if index not in finished]

    def _together(
        self, work: Work, payloads: Sequence[Any], indices: list[int], in_flight: list[int]
    ) -> Iterator[Outcome]:
        waiting: dict[Future[Any], int] = {}
        queue = iter(indices)
        try:
            with _pool(min(self.count, len(indices)), work) as pool:
                while True:
                    while (
                        len(waiting) < 2 * self.count and (index := next(queue, None)) is not None
                    ):
                        waiting[pool.submit(_call, payloads[index])] = index
                    if not waiting:
                        return
                    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in sorted(done, key=waiting.__getitem__):
                        outcome = future.result()
                        yield waiting.pop(future), outcome
        except BrokenProcessPool:
            in_flight.extend(sorted(waiting.values()))

    def _alone(self, work: Work, payload: Any) -> dict[str, Any] | JobFailure:
        for _ in range(DEATHS_BEFORE_GIVING_UP):
            try:
                with _pool(1, work) as pool:
                    result: dict[str, Any] | JobFailure = pool.submit(_call, payload).result()
                    return result
            except BrokenProcessPool:
                continue
        return JobFailure("", f"killed its worker {DEATHS_BEFORE_GIVING_UP} times")


def executor_for(workers: int) -> Executor:
    return Workers(workers) if workers > 1 else InProcess()


_work: Work | None = None


def _pool(count: int, work: Work) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(work,))


def _begin(work: Work) -> None:
    global _work
    # Ctrl-C is the parent's to handle; a worker that prints its own traceback only confuses.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work.setup()
    _work = work


def _end_with_parent() -> None:
    """A worker whose parent was killed would go on for nobody, and keep a core busy."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(payload: Any) -> dict[str, Any] | JobFailure:
    if _work is None:
        raise RuntimeError("worker was not set up")
    return _attempt(_work, payload)


def _attempt(work: Work, payload: Any) -> dict[str, Any] | JobFailure:
    try:
        return work(payload)
    except (UserError, OSError):
        # The disk is full, or the input is bad for everyone: that is not one job's failure.
        raise
    except HornbookError as error:
        return JobFailure("", str(error))
    except Exception as error:
        return JobFailure("", f"{type(error).__name__}: {error}")
