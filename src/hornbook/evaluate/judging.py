"""Judging a stream: any number of checks through a few warm sandboxes, answers in order.

Only a bounded number of checks is ever held. One that was lost or timed out is judged once more,
alone: it waits until nothing else runs, so that load alone never decides a verdict.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import Limits, Sandbox

AHEAD = 64
"""Checks that are looked ahead for each worker."""
AHEAD_BYTES = 64 << 20
"""And at most so much text."""
AGAIN_AT_ONCE = 8
"""For each worker so many may wait for their second trial; then what has not begun waits for them."""
UNSURE = ("timed_out", "infrastructure_error")


@dataclass(slots=True)
class Check:
    """One check. `known` is its verdict where that needs no running."""

    key: str
    """Equal keys are equal checks: of those in sight only one is run."""
    problem: Problem
    completion: Completion
    known: Verdict | None = None


@dataclass(slots=True)
class _Entry:
    check: Check
    future: Future[Verdict] | None = None
    twin: _Entry | None = None
    verdict: Verdict | None = None
    tried_alone: bool = False

    def settle(self) -> None:
        """Take over the verdict where it is final."""
        if self.verdict is not None:
            return
        if self.twin is not None:
            self.verdict = self.twin.verdict
        elif self.future is not None and self.future.done() and not self.future.cancelled():
            found = self.future.result()
            if self.tried_alone or found.verdict not in UNSURE:
                self.verdict = found

    def unsure(self) -> bool:
        """Has it been judged once, without certainty?"""
        self.settle()
        future = self.future
        if self.verdict is not None or future is None or future.cancelled():
            return False
        return future.done()

    def put_off(self) -> None:
        """Take back what has not begun."""
        if self.future is not None:
            self.future.cancel()

    def runs(self) -> bool:
        return self.future is not None and not self.future.done()


def judge_stream(
    open_one: Callable[[], Sandbox], checks: Iterable[Check], limits: Limits, workers: int
) -> Generator[tuple[Check, Verdict], None, None]:
    """Every check with its verdict, in order. Closing the iterator ends all that runs."""
    pool = _Pool(open_one, limits, max(1, workers))
    try:
        yield from _Window(pool, iter(checks), max(1, workers)).run()
    finally:
        pool.close()


class _Window:
    """The checks in sight: from the first whose verdict isn't out to the last that was begun."""

    def __init__(self, pool: _Pool, checks: Iterator[Check], workers: int) -> None:
        self._pool = pool
        self._checks = checks
        self._entries: deque[_Entry] = deque()
        self._owners: dict[str, _Entry] = {}
        self._bytes = 0
        self._more = True
        self._ahead, self._again = AHEAD * workers, AGAIN_AT_ONCE * workers

    def run(self) -> Iterator[tuple[Check, Verdict]]:
        while True:
            self._fill()
            if not self._entries:
                return
            first = self._entries[0]
            first.settle()
            if first.verdict is None:
                self._await(first)
                continue
            self._entries.popleft()
            self._owners.pop(first.check.key, None)
            self._bytes -= len(first.check.completion.text)
            yield first.check, first.verdict

    def _fill(self) -> None:
        while self._more and len(self._entries) < self._ahead and self._bytes < AHEAD_BYTES:
            check = next(self._checks, None)
            if check is None:
                self._more = False
                return
            entry = _Entry(check, verdict=check.known)
            if check.known is None:
                entry.twin = self._owners.get(check.key)
                if entry.twin is None:
                    self._owners[check.key] = entry
                    entry.future = self._pool.submit(check)
            self._entries.append(entry)
            self._bytes += len(check.completion.text)

    def _await(self, first: _Entry) -> None:
        if first.runs() and first.future is not None:
            wait([first.future])
            return
        # The first needs a second trial: everything else ends or is put off, then it and its like
        # are judged one by one.
        while True:
            unsure = [entry for entry in self._entries if entry.unsure()]
            if len(unsure) >= self._again:
                for entry in self._entries:
                    entry.put_off()
            running = [e.future for e in self._entries if e.future is not None and e.runs()]
            if not running:
                break
            wait(running, return_when=FIRST_COMPLETED)
        for entry in unsure:
            entry.future = self._pool.submit(entry.check)
            entry.tried_alone = True
            wait([entry.future])
        for entry in self._entries:
            if entry.future is not None and entry.future.cancelled():
                entry.future = self._pool.submit(entry.check)


class _Pool:
    """Threads with a warm sandbox each."""

    def __init__(self, open_one: Callable[[], Sandbox], limits: Limits, workers: int) -> None:
        self._open_one = open_one
        self._limits = limits
        self._local = threading.local()
        self._lock = threading.Lock()
        self._opened: list[Sandbox] = []
        self._closed = False
        self._threads = ThreadPoolExecutor(workers)

    def submit(self, check: Check) -> Future[Verdict]:
        return self._threads.submit(self._judge, check)

    def close(self) -> None:
        """End all. After Ctrl-C nobody waits for checks under way."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._closed = True
            for sandbox in self._opened:
                sandbox.close()

    def _judge(self, check: Check) -> Verdict:
        sandbox: Sandbox | None = getattr(self._local, "sandbox", None)
        if sandbox is None:
            sandbox = self._local.sandbox = self._open_one()
            with self._lock:
                self._opened.append(sandbox)
                if self._closed:
                    sandbox.close()
        try:
            return sandbox.judge(check.problem, check.completion, self._limits)
        finally:
            if self._closed:
                # It may have been starting its process while all were closed.
                sandbox.close()
