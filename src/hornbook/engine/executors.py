"""Where jobs run: in this process, in worker processes of this machine, or on a Ray cluster."""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from multiprocessing.reduction import ForkingPickler
from typing import Any, ClassVar, Protocol

from hornbook.engine.attempt import Stop, attempt
from hornbook.engine.jobs import Work
from hornbook.engine.processes import Processes
from hornbook.engine.scheduling import Crew, Limits, Outcome, schedule


class Executor(Protocol):
    limits: Limits

    def map(
        self, work: Work, payloads: Iterable[Any], limits: Limits | None = None
    ) -> Iterator[Outcome]:
        """Yield (index, result or failure) as jobs finish. Never raises for one bad job.

        `payloads` is drawn as workers become free, so it may be longer than memory. `limits` are
        other ones than the executor's own.
        """


class InProcess:
    """Every job in this process, one after the other. Nothing ends a job but the job."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._ready: Work | None = None

    def map(
        self, work: Work, payloads: Iterable[Any], limits: Limits | None = None
    ) -> Iterator[Outcome]:
        for index, payload in enumerate(payloads):
            if self._ready is not work:
                work.setup()
                self._ready = work
            answer = attempt(work, payload)
            if isinstance(answer, Stop):
                raise answer.error
            yield index, answer


class WithCrew(ABC):
    """Jobs in workers of their own, kept for the next call with the same work."""

    _kept: ClassVar[weakref.WeakSet[WithCrew]] = weakref.WeakSet()
    """Those that keep workers. Only one does at a time, for idle workers hold memory and cores."""

    def __init__(self, limits: Limits | None) -> None:
        self.limits = limits or Limits()
        self._spare: tuple[bytes, Crew] | None = None

    @abstractmethod
    def crew(self, work: Work) -> Crew:
        """Workers for `work`; none of them is begun."""

    def map(
        self, work: Work, payloads: Iterable[Any], limits: Limits | None = None
    ) -> Iterator[Outcome]:
        data = bytes(ForkingPickler.dumps(work))
        crew = self._take(work, data)
        whole = False
        try:
            yield from schedule(crew, payloads, limits or self.limits)
            whole = True
        finally:
            if whole and self._spare is None:
                self._spare = data, crew
                self._kept.add(self)
            else:
                crew.close()

    def _take(self, work: Work, data: bytes) -> Crew:
        spare, self._spare = self._spare, None
        if spare is not None and spare[0] == data:
            return spare[1]
        if spare is not None:
            spare[1].close()
        for other in list(self._kept):
            other.close()
        crew = self.crew(work)
        weakref.finalize(self, crew.close)
        return crew

    def close(self) -> None:
        """End the workers that were kept."""
        self._kept.discard(self)
        spare, self._spare = self._spare, None
        if spare is not None:
            spare[1].close()


class Workers(WithCrew):
    """Jobs in at most `count` processes of this machine."""

    def __init__(self, count: int, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self.count = count

    def crew(self, work: Work) -> Crew:
        return Processes(self.count, work)
