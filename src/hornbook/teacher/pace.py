"""How many requests are under way at once: one more while all goes well, half after a refusal."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hornbook.teacher.request import Stopped

START = 4


class Pace:
    """Additive increase, multiplicative decrease (Chiu and Jain 1989), for all threads together."""

    def __init__(self, most: int, stop: threading.Event) -> None:
        self._most, self._stop = most, stop
        self._limit = float(min(START, most))
        self._under_way = 0
        self._not_before = self._slowed = 0.0
        self._changed = threading.Condition()

    @property
    def limit(self) -> int:
        with self._changed:
            return int(self._limit)

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait until one more may be sent; gives the moment. Raises `Stopped` after a stop."""
        with self._changed:
            while True:
                if self._stop.is_set():
                    raise Stopped("nothing more is asked")
                rest = self._not_before - time.monotonic()
                if rest <= 0 and self._under_way < int(self._limit):
                    break
                # Looks up now and then: a stop from elsewhere wakes nobody here.
                self._changed.wait(min(rest, 0.2) if rest > 0 else 0.2)
            self._under_way += 1
        try:
            yield time.monotonic()
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def rest(self, seconds: float) -> None:
        """Wait; a stop ends it."""
        self._stop.wait(seconds)

    def well(self) -> None:
        """An answer came: after a round of them, one more at once."""
        with self._changed:
            self._limit = min(self._limit + 1 / self._limit, self._most)

    def refused(self, sent: float, wait: float) -> None:
        """Too many, or a fault of the endpoint: half as many, and none for `wait` seconds.

        Of requests that were under way together only the first to be refused counts.
        """
        with self._changed:
            now = time.monotonic()
            if sent >= self._slowed:
                self._limit, self._slowed = max(self._limit / 2, 1.0), now
            self._not_before = max(self._not_before, now + wait)
