"""Workers that are processes of this machine, each at the other end of a pipe of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any

from hornbook.engine.attempt import Answer, Stop, attempt, portable, set_up
from hornbook.engine.jobs import JobFailure, Work
from hornbook.engine.scheduling import Event

_HERE, _READY, _ANSWER = "here", "ready", "answer"


@dataclass
class _Hand:
    process: SpawnProcess
    pipe: Connection


class Processes:
    """A crew (`scheduling.Crew`) of at most `count` processes, started afresh (spawn), so that no
    state leaks in."""

    def __init__(self, count: int, work: Work) -> None:
        self.idle: list[int] = []
        self.starting: set[int] = set()
        self._count, self._work = count, ForkingPickler.dumps(work)
        self._hands: dict[int, _Hand] = {}
        self._numbers = 0

    def size(self) -> int:
        return self._count

    def begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        # Only the worker holds its end now, so that the pipe ends together with it.
        theirs.close()
        self._numbers += 1
        self._hands[self._numbers] = _Hand(process, ours)
        self.starting.add(self._numbers)

    def send(self, worker: int, payload: Any) -> None:
        data = ForkingPickler.dumps(payload)
        self._send_bytes(worker, data)

    def _send_bytes(self, worker: int, data: Any) -> None:
        try:
            self._hands[worker].pipe.send_bytes(data)
        except (BrokenPipeError, ConnectionResetError):
            # It has died; `wait` will say so.
            return

    def wait(self, seconds: float) -> list[Event]:
        places: dict[Any, int] = {}
        for worker, hand in self._hands.items():
            places[hand.pipe] = places[hand.process.sentinel] = worker
        heard = {places[place] for place in wait(list(places), seconds)}
        # A child of a job may hold a dead worker's pipe open, so that its end is not heard.
        heard |= {n for n, hand in self._hands.items() if hand.process.exitcode is not None}
        return [event for worker in sorted(heard) for event in self._hear(worker)]

    def _hear(self, worker: int) -> list[Event]:
        pipe = self._hands[worker].pipe
        try:
            # What was said before death still counts.
            kind, value = pipe.recv() if pipe.poll() else (None, None)
        except (EOFError, ConnectionResetError):
            kind, value = None, None
        if kind is None:
            unused = worker in self.idle
            self.end(worker)
            return [] if unused else [Event(worker, "died")]
        if kind == _HERE:
            self._send_bytes(worker, self._work)
            return []
        if kind == _READY:
            self.starting.discard(worker)
            self.idle.append(worker)
            return [Event(worker, "ready", value)]
        self.idle.append(worker)
        return [Event(worker, "answer", value)]

    def end(self, worker: int) -> None:
        hand = self._hands.pop(worker)
        self.starting.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        hand.process.kill()
        hand.process.join()
        hand.process.close()
        hand.pipe.close()

    def close(self) -> None:
        for worker in list(self._hands):
            self.end(worker)


def _serve(pipe: Connection) -> None:
    """The worker's life: be set up, then one job after the other until the pipe is closed."""
    # Ctrl-C is the parent's to handle; a worker that prints its own traceback only confuses.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        pipe.send((_HERE, None))
        work, trouble = _work(pipe.recv_bytes())
        _say(pipe, _READY, trouble)
        while work is not None:
            _say(pipe, _ANSWER, _one(work, pipe.recv_bytes()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _work(data: bytes) -> tuple[Work | None, Stop | None]:
    try:
        work: Work = ForkingPickler.loads(data)
    except Exception as error:
        return None, Stop(error)
    return work, set_up(work)


def _one(work: Work, data: bytes) -> Answer:
    try:
        payload = ForkingPickler.loads(data)
    except Exception as error:
        return JobFailure("", f"{type(error).__name__}: {error}")
    return attempt(work, payload)


def _say(pipe: Connection, kind: str, value: Answer | None) -> None:
    try:
        data = ForkingPickler.dumps((kind, portable(value)))
    except Exception as error:
        failure = JobFailure("", f"its result can't be sent: {type(error).__name__}: {error}")
        data = ForkingPickler.dumps((kind, failure))
    pipe.send_bytes(data)


def _end_with_parent() -> None:
    """A worker whose parent was killed would go on for nobody, and keep a core busy."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
