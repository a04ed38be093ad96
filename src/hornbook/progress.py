"""What is happening and how long it still takes: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TextIO


class Progress(Protocol):
    """What a stage tells while it works."""

    def advance(self, done: float, total: float, note: str = "") -> None:
        """`done` of `total` units of this stage are finished."""

    def say(self, message: str) -> None:
        """A line worth keeping."""


class Silent:
    """A progress that shows nothing, for tests and for use as a library."""

    def advance(self, done: float, total: float, note: str = "") -> None:
        return None

    def say(self, message: str) -> None:
        return None


@dataclass
class Clock:
    """Estimates how long a run still takes, from what was expected and what was seen.

    >>> clock = Clock([("a", 10.0), ("b", 30.0)])
    >>> clock.begin("a", now=0.0)
    >>> round(clock.remaining(0.5, now=10.0))   # half of a took 10 s: a needs 10 more, b 60
    70
    """

    expected: Sequence[tuple[str, float]]
    current: str = ""
    started: float = 0.0
    _done: set[str] = field(default_factory=set)
    _seen: float = 0.0
    _planned: float = 0.0

    def begin(self, stage: str, now: float) -> None:
        self.current, self.started = stage, now

    def finish(self, now: float, skipped: bool) -> None:
        if not skipped:
            self._seen += now - self.started
            self._planned += dict(self.expected).get(self.current, 0.0)
        self._done.add(self.current)

    def remaining(self, fraction: float, now: float) -> float:
        """Seconds until the whole run ends, when `fraction` of this stage is done."""
        planned = dict(self.expected).get(self.current, 0.0)
        elapsed = now - self.started
        here = elapsed * (1 - fraction) / fraction if fraction > 0.02 else planned
        seen, expected = self._seen + elapsed, self._planned + planned * fraction
        pace = seen / expected if expected > 1 and fraction > 0.02 else 1.0
        later = [
            seconds
            for name, seconds in self.expected
            if name != self.current and name not in self._done
        ]
        return here + min(max(pace, 0.2), 5.0) * sum(later)


def duration(seconds: float) -> str:
    """
    >>> duration(42.4), duration(75), duration(3700)
    ('42 s', '1 min 15 s', '1 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Lines:
    """Progress as plain lines: one at a stage's start and end, and one now and then between."""

    def __init__(
        self, expected: Sequence[tuple[str, float]], out: TextIO | None = None, every: float = 10.0
    ) -> None:
        self.clock = Clock(expected)
        self.out = out or sys.stderr
        self.every = every
        self._last = 0.0

    def begin(self, stage: str) -> None:
        self.clock.begin(stage, time.monotonic())
        self._last = time.monotonic()
        self.say(f"{stage}: started, about {self._left(0.0)} left in all")

    def advance(self, done: float, total: float, note: str = "") -> None:
        now = time.monotonic()
        if now - self._last < self.every or total <= 0:
            return
        self._last = now
        share = min(done / total, 1.0)
        detail = f" {note}" if note else ""
        self.say(
            f"{self.clock.current}: {share:.0%}{detail}, about {self._left(share)} left in all"
        )

    def finish(self, skipped: bool, note: str = "") -> None:
        took = time.monotonic() - self.clock.started
        stage = self.clock.current
        self.clock.finish(time.monotonic(), skipped)
        state = "nothing to do" if skipped else f"done in {duration(took)}"
        self.say(f"{stage}: {state}{', ' + note if note else ''}")

    def say(self, message: str) -> None:
        print(message, file=self.out, flush=True)

    def close(self) -> None:
        return None

    def _left(self, share: float) -> str:
        return duration(self.clock.remaining(share, time.monotonic()))


class Live(Lines):
    """Progress as one moving bar on a terminal (rich), with the finished stages above it."""

    def __init__(self, expected: Sequence[tuple[str, float]]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn
        from rich.progress import Progress as Bar

        super().__init__(expected, every=0.2)
        self._console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=1.0, note="")
        self._bar.start()

    def begin(self, stage: str) -> None:
        self.clock.begin(stage, time.monotonic())
        self._bar.reset(self._task, description=stage, total=1.0, note=f"{self._left(0.0)} left")

    def advance(self, done: float, total: float, note: str = "") -> None:
        now = time.monotonic()
        if now - self._last < self.every or total <= 0:
            return
        self._last = now
        share = min(done / total, 1.0)
        text = f"{note} · {self._left(share)} left" if note else f"{self._left(share)} left"
        self._bar.update(self._task, completed=share, note=text)

    def say(self, message: str) -> None:
        self._console.print(message, highlight=False, markup=False)

    def close(self) -> None:
        self._bar.stop()


def for_terminal(expected: Sequence[tuple[str, float]]) -> Lines:
    """A moving bar where someone watches, plain lines where the output goes to a file."""
    return Live(expected) if sys.stderr.isatty() else Lines(expected)
