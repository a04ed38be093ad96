"""Workers on a Ray cluster: an actor a core, one job at a time each.

Ray brings processes to machines and says when one is gone; which job is done again, ended or given
up is decided by the same rules as on one machine (`scheduling`). Nothing of Ray's own retries is
used, for they would count a lost machine as a fault of the job.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import Any

from hornbook import __version__
from hornbook.engine.attempt import Answer, Stop, attempt, portable, set_up
from hornbook.engine.cluster import LOCAL, Head, check, connect, short
from hornbook.engine.executors import WithCrew
from hornbook.engine.jobs import JobFailure, Work
from hornbook.engine.scheduling import LOOK_UP, Crew, Event, Limits
from hornbook.errors import ConfigError, HornbookError


class RayCluster(WithCrew):
    """Jobs on the cluster at `address`, one for each of its cores at a time.

    `local` is a cluster of this process alone, with `workers` cores.
    Raises `ConfigError` where Ray is not installed, or nobody there lets us in.
    """

    def __init__(self, address: str | None, workers: int = 1, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self._address = address or LOCAL
        self._workers = workers
        check(self._address)

    def crew(self, work: Work) -> Crew:
        connect(self._address, self._workers)
        return _Actors(work)


class _Hand:
    """What runs on the cluster."""

    def __init__(self) -> None:
        self._work: Work | None = None

    def begin(self, work: Work, version: str, place: str) -> tuple[str, Answer | None]:
        """Returns the machine's id, and what is wrong with it. `place` is where the driver works,
        for jobs may name files from there."""
        import ray

        self._work = work
        trouble = _unlike(version, place) or set_up(work)
        return ray.get_runtime_context().get_node_id(), portable(trouble)

    def do(self, payload: Any) -> Answer | None:
        if self._work is None:
            raise RuntimeError("worker was not set up")
        return portable(attempt(self._work, payload))


def _unlike(version: str, place: str) -> Stop | None:
    if version != __version__:
        return Stop(
            ConfigError(
                f"a machine of the cluster has hornbook {__version__}, this one {version}; install"
                " the same version everywhere"
            )
        )
    try:
        os.chdir(place)
    except OSError as error:
        return Stop(
            ConfigError(
                f"{place}: not on every machine of the cluster ({error.strerror}); run hornbook"
                " from a folder that all of them share"
            )
        )
    return None


class _Actors:
    """A crew (`scheduling.Crew`) of one actor a core."""

    def __init__(self, work: Work) -> None:
        import ray

        self.idle: list[int] = []
        self.starting: set[int] = set()
        self._ray = ray
        self._kind = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Hand)
        self._work = ray.put(work)
        self._actors: dict[int, Any] = {}
        self._nodes: dict[int, str] = {}
        self._asked: dict[Any, int] = {}
        """Questions under way, by their references."""
        self._numbers = 0
        self._size, self._looked = 0, 0.0
        self._head = Head(ray.get_runtime_context().gcs_address)

    def size(self) -> int:
        if not self._head.answers():
            return len(self._actors)  # Nobody is begun until it does; who works goes on.
        now = time.monotonic()
        if not self._looked or now - self._looked > LOOK_UP:
            self._size, self._looked = int(self._ray.cluster_resources().get("CPU", 0)), now
        return self._size

    def begin(self) -> None:
        self._numbers += 1
        actor = self._kind.remote()
        self._actors[self._numbers] = actor
        self._asked[actor.begin.remote(self._work, __version__, os.getcwd())] = self._numbers
        self.starting.add(self._numbers)

    def send(self, worker: int, payload: Any) -> None:
        self._asked[self._actors[worker].do.remote(payload)] = worker

    def wait(self, seconds: float) -> list[Event]:
        if not self._head.answers():
            seconds = min(seconds, 1.0)
        if not self._asked:
            time.sleep(min(seconds, 0.1))
            return []
        waiting = list(self._asked)
        self._ray.wait(waiting, num_returns=1, timeout=seconds)
        heard, _ = self._ray.wait(waiting, num_returns=len(waiting), timeout=0)
        return [self._hear(reference, self._asked.pop(reference)) for reference in heard]

    def _hear(self, reference: Any, worker: int) -> Event:
        errors = self._ray.exceptions
        starting = worker in self.starting
        try:
            value = self._ray.get(reference)
        except errors.RayTaskError as error:
            if starting:
                return Event(worker, "ready", Stop(HornbookError(_told(error))))
            value = JobFailure("", _told(error))
        except errors.RayError as error:
            if getattr(error, "actor_init_failed", False):
                return Event(worker, "ready", Stop(HornbookError(_no_worker(error))))
            # A machine that went away breaks the connection some time before it is known as dead;
            # of a process that died alone, its machine tells at once.
            by_itself = isinstance(error, errors.ActorDiedError) and self._alive(worker)
            self.end(worker)
            return Event(worker, "died" if by_itself else "lost")
        self.starting.discard(worker)
        self.idle.append(worker)
        if not starting:
            return Event(worker, "answer", value)
        self._nodes[worker], trouble = value
        return Event(worker, "ready", trouble)

    def _alive(self, worker: int) -> bool:
        """Whether its machine is. Of one that never began, nobody knows the machine."""
        if not self._head.answers():
            return False
        here = self._nodes.get(worker)
        return any(node["Alive"] and here in (None, node["NodeID"]) for node in self._ray.nodes())

    def end(self, worker: int) -> None:
        actor = self._actors.pop(worker)
        self.starting.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        for reference in [r for r, whose in self._asked.items() if whose == worker]:
            del self._asked[reference]
        if self._ray.is_initialized() and not self._head.silent:
            with suppress(Exception):
                self._ray.kill(actor)

    def close(self) -> None:
        for worker in list(self._actors):
            self.end(worker)


def _no_worker(error: Exception) -> str:
    return (
        "a machine of the cluster can't begin a worker; install the same hornbook on each of them"
        f" (it says: {short(error)})"
    )


def _told(error: Exception) -> str:
    """The cause alone, without the traceback from another machine."""
    cause = getattr(error, "cause", None) or error
    return f"{type(cause).__name__}: {cause}"
