"""Many questions at once, answers in the order of the questions; Ctrl-C is heard at any time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from hornbook.errors import HornbookError
from hornbook.teacher.request import BudgetSpent, RequestFailed, Stopped

Item = TypeVar("Item")
Found = TypeVar("Found")
GRACE = 10.0
"""Seconds that requests under way get after Ctrl-C: they are paid, and their answers are kept."""


def ask_many(
    ask: Callable[[Item], Found],
    items: Sequence[Item],
    threads: int,
    stop: threading.Event,
    on_done: Callable[[], None] = lambda: None,
) -> list[Found | RequestFailed | BudgetSpent | Stopped]:
    """`ask` of every item, or why there is no answer.

    After `BudgetSpent` nothing more is sent. Any other exception ends the work the same way and is
    raised once what is under way has come back; so is `KeyboardInterrupt`, within `GRACE` seconds.
    """
    found: list[Found | HornbookError | None] = [None] * len(items)
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Found | BaseException]] = queue.SimpleQueue()
    for number in range(len(items)):
        waiting.put(number)

    def work() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, ask(items[number])))
            except BaseException as error:  # it is raised where somebody listens
                if not isinstance(error, RequestFailed | Stopped):
                    stop.set()
                done.put((number, error))

    # Daemons: whoever presses Ctrl-C twice need not wait for an endpoint that hangs.
    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(threads, len(items)))]
    fault: BaseException | None = None
    try:
        for worker in workers:
            worker.start()
        for _ in items:
            number, result = done.get()
            if not isinstance(result, BaseException):
                found[number] = result
                on_done()
            elif isinstance(result, RequestFailed | BudgetSpent | Stopped):
                found[number] = result
            else:
                fault = fault or result
    except KeyboardInterrupt:
        stop.set()
        end = time.monotonic() + GRACE
        for worker in workers:
            if worker.ident is not None:
                worker.join(max(end - time.monotonic(), 0))
        raise
    if fault is not None:
        raise fault
    return found  # type: ignore[return-value]
