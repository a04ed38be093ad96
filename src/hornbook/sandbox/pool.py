"""Many programs through several sandboxes at once; answers in the order of the questions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox.outcome import Limits, Outcome, Sandbox

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Counter = Callable[[int, int], None]


def run_all(
    open_one: Callable[[], Sandbox],
    programs: Sequence[str],
    limits: Limits,
    workers: int,
    on_done: Counter = lambda done, total: None,
) -> list[Outcome]:
    """The outcome of every program."""
    return _spread(open_one, programs, lambda box, item: box.run(item, limits), workers, on_done)


def judge_all(
    open_one: Callable[[], Sandbox],
    pairs: Sequence[tuple[Problem, Completion]],
    limits: Limits,
    workers: int,
    on_done: Counter = lambda done, total: None,
) -> list[Verdict]:
    """The verdict on every completion. One that was lost or timed out is judged once more, alone."""
    verdicts = _spread(
        open_one, pairs, lambda box, item: box.judge(*item, limits), workers, on_done
    )
    again = [
        index
        for index, verdict in enumerate(verdicts)
        if verdict.verdict in ("timed_out", "infrastructure_error")
    ]
    second = _spread(
        open_one, [pairs[index] for index in again], lambda box, item: box.judge(*item, limits), 1
    )
    for index, verdict in zip(again, second, strict=True):
        verdicts[index] = verdict
    return verdicts


def _spread(
    open_one: Callable[[], Sandbox],
    items: Sequence[Item],
    use: Callable[[Sandbox, Item], Answer],
    workers: int,
    on_done: Counter = lambda done, total: None,
) -> list[Answer]:
    local = threading.local()
    opened: list[Sandbox] = []
    lock = threading.Lock()
    done = 0

    def one(item: Item) -> Answer:
        nonlocal done
        if not hasattr(local, "sandbox"):
            local.sandbox = open_one()
            with lock:
                opened.append(local.sandbox)
        answer = use(local.sandbox, item)
        with lock:
            done += 1
            on_done(done, len(items))
        return answer

    threads = ThreadPoolExecutor(max_workers=max(1, workers))
    try:
        return list(threads.map(one, items))
    finally:
        # After Ctrl-C nobody waits for what is still to do, nor for checks under way.
        threads.shutdown(wait=False, cancel_futures=True)
        with lock:
            for sandbox in opened:
                sandbox.close()
