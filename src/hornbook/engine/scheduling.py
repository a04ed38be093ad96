"""Who does which job: each worker has one at a time, and a worker's end costs that one alone.

The same rules hold for processes of this machine and for those of a cluster, which differ only in
how a worker is begun, heard and ended (a `Crew`).

- A job is drawn when there is a place for it, so that memory holds no more than one for each worker.
- A job whose worker died is done again by another one, and given up after some deaths.
- A job that is still not done when its time is over ends together with its worker.
- A worker that was lost with its machine is nobody's fault: its job is done again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from hornbook.engine.attempt import Stop
from hornbook.engine.jobs import JobFailure
from hornbook.errors import HornbookError, ResourceError

Outcome = tuple[int, "dict[str, Any] | JobFailure"]

LOSSES_BEFORE_GIVING_UP = 10
"""Machines that may go away, one after the other, while they do the same job."""
DEATHS_AT_THE_START = 3
"""Or two for each worker, for a machine may take many along."""
PATIENCE = 600.0
"""Seconds to wait for the first worker; a cluster may have to find a machine for it."""
LOOK_UP = 5.0
"""Seconds between two looks at how many workers there may be."""


@dataclass(frozen=True)
class Limits:
    """When a job is given up."""

    seconds: float = 600.0
    """A job that takes longer ends, and its worker with it."""
    deaths: int = 3
    """Workers that one job may kill."""


@dataclass(frozen=True)
class Event:
    """What was heard of a worker."""

    worker: int
    kind: Literal["ready", "answer", "died", "lost"]
    """Set up; done with its job; ended by itself; gone together with its machine."""
    value: Any = None


class Crew(Protocol):
    """Workers that have been set up for one work."""

    idle: list[int]
    starting: set[int]

    def size(self) -> int:
        """How many workers there may be at present."""

    def begin(self) -> None:
        """Begin one more worker. It is in `starting` until `wait` says that it is ready."""

    def send(self, worker: int, payload: Any) -> None:
        """Give a worker that is ready a job."""

    def wait(self, seconds: float) -> list[Event]:
        """What happens next; nothing, if that takes longer. Keeps `idle` and `starting`."""

    def end(self, worker: int) -> None:
        """End a worker at once, whatever it does."""

    def close(self) -> None:
        """End them all."""


@dataclass
class _Task:
    index: int
    payload: Any
    deaths: int = 0
    losses: int = 0
    ends: float = 0.0


def schedule(crew: Crew, payloads: Iterable[Any], limits: Limits) -> Iterator[Outcome]:
    """The outcomes of all jobs as they come. Raises what stops everything (`Stop`)."""
    run = _Run(crew, payloads, limits)
    try:
        while run.more():
            yield from run.step()
    finally:
        for worker in run.busy:
            crew.end(worker)


class _Run:
    def __init__(self, crew: Crew, payloads: Iterable[Any], limits: Limits) -> None:
        self.crew, self.limits = crew, limits
        self.busy: dict[int, _Task] = {}
        self._queue = enumerate(payloads)
        self._waiting: deque[_Task] = deque()
        self._failed_starts = 0
        self._begun = time.monotonic()

    def more(self) -> bool:
        """Draw, begin and assign what can be; False where nothing is left to wait for."""
        crew = self.crew
        size = crew.size()
        while len(self._waiting) + len(self.busy) < max(size, 1):
            drawn = next(self._queue, None)
            if drawn is None:
                break
            self._waiting.append(_Task(*drawn))
        free = size - len(self.busy) - len(crew.idle) - len(crew.starting)
        needed = len(self._waiting) - len(crew.idle) - len(crew.starting)
        for _ in range(min(free, needed)):
            crew.begin()
        while self._waiting and crew.idle:
            self._assign(crew.idle.pop(), self._waiting.popleft())
        return bool(self._waiting or self.busy)

    def _assign(self, worker: int, task: _Task) -> None:
        task.ends = time.monotonic() + self.limits.seconds
        self.busy[worker] = task
        self.crew.send(worker, task.payload)

    def step(self) -> Iterator[Outcome]:
        """Wait until something happens, or a job's time is over."""
        now = time.monotonic()
        soonest = min((task.ends for task in self.busy.values()), default=now + LOOK_UP)
        for event in self.crew.wait(max(0.0, min(soonest - now, LOOK_UP))):
            yield from self._hear(event)
        self._starve()
        yield from self._overdue()

    def _hear(self, event: Event) -> Iterator[Outcome]:
        if isinstance(event.value, Stop):
            # The worker itself is well; `busy` still holds it, and it ends with the others.
            raise event.value.error
        if event.kind == "ready":
            self._failed_starts = 0
            return
        task = self.busy.pop(event.worker, None)
        if event.kind == "answer" and task is not None:
            yield task.index, event.value
        elif event.kind == "died":
            yield from self._died(task)
        elif event.kind == "lost" and task is not None:
            yield from self._lost(task)

    def _died(self, task: _Task | None) -> Iterator[Outcome]:
        if task is None:
            self._failed_starts += 1
            if self._failed_starts >= max(DEATHS_AT_THE_START, 2 * self.crew.size()):
                raise HornbookError(
                    f"{self._failed_starts} worker processes ended before they could begin; the"
                    " machine may be short of memory: try --workers 1"
                )
            return
        task.deaths += 1
        if task.deaths < self.limits.deaths:
            self._waiting.appendleft(task)
            return
        times = "once" if task.deaths == 1 else f"{task.deaths} times"
        yield task.index, JobFailure("", f"killed its worker {times}")

    def _lost(self, task: _Task) -> Iterator[Outcome]:
        task.losses += 1
        if task.losses < LOSSES_BEFORE_GIVING_UP:
            self._waiting.appendleft(task)
        else:
            yield task.index, JobFailure("", f"its machine went away {task.losses} times")

    def _overdue(self) -> Iterator[Outcome]:
        now = time.monotonic()
        for worker in [worker for worker, task in self.busy.items() if task.ends <= now]:
            task = self.busy.pop(worker)
            self.crew.end(worker)
            yield task.index, JobFailure("", f"did not end within {self.limits.seconds:g} s")

    def _starve(self) -> None:
        if self.busy or self.crew.idle:
            self._begun = time.monotonic()
        elif time.monotonic() - self._begun > PATIENCE:
            raise ResourceError(
                f"no worker began within {PATIENCE:g} s; the machine or the cluster has no free"
                " core for it. What was finished is kept"
            )
