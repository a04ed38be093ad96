"""One zygote from outside: starting it, handing it jobs, and noticing when it is lost."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from hornbook.sandbox.outcome import Limits

INSIDE = Path(__file__).with_name("inside") / "__main__.py"
_ALONE = ("-P", "-s", "-S")
"""No user's or site's packages and no working folder on the path, as `-I` has it; but that would
ignore the one variable that is given."""
_ENVIRONMENT = {"PYTHONHASHSEED": "0"}
"""Sets of strings have the same order in every zygote, so verdicts don't depend on whose it was."""
_START_SECONDS = 30.0
_ANSWER_SECONDS = 20.0
_JUDGED_AT_MOST = 256
_SOILING = ("protocol", "memory", "lost")
"""After these a judge is not kept: hostile data, or a memory of its own that ran out."""
_WORD_BYTES = 65_536
_READY = b"ready\n"


class Lost(Exception):
    """The zygote is gone or speaks nonsense; nothing is known about the check it had."""


@dataclass(frozen=True)
class End:
    """How one child ended."""

    status: int
    """As `os.waitpid` gives it."""
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Report:
    """What is known about a check, all of it from trusted hands but `word` of a lone program."""

    word: dict[str, Any]
    """What the judge (or the program alone) said; empty for silence and nonsense."""
    output: bytes
    ends: tuple[End, ...]
    """The solution's or program's, and the judge's where it was ended too."""
    expired: bool
    seconds: float
    ready: bool = True
    """Was the process set up before the program got hold of it? Of a solution the judge tells."""


class Worker:
    """A zygote and the sockets to it and to its judge. `layers` is `all` or `none` (inside/layers.py)."""

    def __init__(self, layers: str) -> None:
        self._control, theirs = socket.socketpair()
        self.stale = False
        """The scratch folder could not be emptied: the next check needs another zygote."""
        self._judge: socket.socket | None = None
        self._judged = 0
        self._judge_memory = 0
        self._process = subprocess.Popen(
            [sys.executable, *_ALONE, str(INSIDE), layers],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        try:
            self.hello = self._answer(_START_SECONDS)
        except Lost:
            self.close()
            raise

    def judge(self, source: str, tests: dict[str, Any], limits: Limits, keep: bool) -> Report:
        """Run `source` and the judge's program against each other (inside/judge.py).

        A judge is kept for the next check where `keep` says that its tests are trusted: it sees
        only values of built-in types, and starting one costs as much as the solution's process.
        """
        with contextlib.ExitStack() as opened:
            judge = self._judge_for(limits)
            ours, theirs = map(opened.enter_context, socket.socketpair())
            output, printed = _pipe(opened)
            started = time.monotonic()
            given = [theirs.fileno(), printed.fileno(), _held(opened, source)]
            self._ask({"fork": "solution", **asdict(limits)}, given)
            theirs.close()
            printed.close()
            _give(judge, tests, ours.fileno())
            ours.close()
            said, text, expired = _follow(judge, output.fileno(), limits, started)
            word = _word(said)
            keep = keep and bool(word) and word.get("kind") not in _SOILING
            self._judged += 1
            keep = keep and self._judged < _JUDGED_AT_MOST
            ends = self._end(["solution"] if keep else ["solution", "judge"])
            text += _drain(output.fileno(), limits.output_bytes - len(text))
            return Report(word, text, ends, expired, time.monotonic() - started)

    def run(self, source: str, limits: Limits) -> Report:
        """Run `source` alone; its word is its own."""
        with contextlib.ExitStack() as opened:
            ours, theirs = map(opened.enter_context, socket.socketpair())
            output, printed = _pipe(opened)
            started = time.monotonic()
            given = [theirs.fileno(), printed.fileno(), _held(opened, source)]
            self._ask({"fork": "program", **asdict(limits)}, given)
            theirs.close()
            printed.close()
            said, text, expired = _follow(ours, output.fileno(), limits, started)
            ends = self._end(["program"])
            text += _drain(output.fileno(), limits.output_bytes - len(text))
            ready, word = said.startswith(_READY), _word(said.removeprefix(_READY))
            return Report(word, text, ends, expired, time.monotonic() - started, ready)

    def close(self) -> None:
        """End the zygote and with it all of its children. May be called while another thread waits
        for a check: that check is then lost."""
        lines = [line for line in (self._control, self._judge) if line is not None]
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for line in lines:
            line.close()

    def _judge_for(self, limits: Limits) -> socket.socket:
        """The line to a judge that has these limits; starts one where there is none."""
        if self._judge is not None and self._judge_memory != limits.memory_mb:
            self._end(["judge"])
        if self._judge is None:
            self._judge, theirs = socket.socketpair()
            self._judged, self._judge_memory = 0, limits.memory_mb
            with theirs:
                request = {"fork": "judge", "cpu_seconds": 0, "memory_mb": limits.memory_mb}
                self._ask(request, [theirs.fileno()])
        return self._judge

    def _end(self, kinds: list[str]) -> tuple[End, ...]:
        if "judge" in kinds and self._judge is not None:
            self._judge.close()
            self._judge = None
        answer = self._ask({"end": kinds}, [])
        self.stale = self.stale or not answer["clean"]
        return tuple(End(*each) for each in answer["ends"])

    def _ask(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        line = json.dumps(request).encode() + b"\n"
        if descriptors:
            socket.send_fds(self._control, [line], descriptors)
        else:
            self._control.sendall(line)
        return self._answer(_ANSWER_SECONDS)

    def _answer(self, seconds: float) -> dict[str, Any]:
        self._control.settimeout(seconds)
        line = b""
        while not line.endswith(b"\n"):
            try:
                piece = self._control.recv(_WORD_BYTES)
            except OSError as error:
                raise Lost(str(error)) from error
            if not piece:
                raise Lost("it ended")
            line += piece
        found = json.loads(line)
        if type(found) is not dict:
            raise Lost("nonsense")
        return found


def _pipe(opened: contextlib.ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    read, write = os.pipe()
    return (
        opened.enter_context(open(read, "rb", buffering=0)),
        opened.enter_context(open(write, "wb", buffering=0)),
    )


def _held(opened: contextlib.ExitStack, text: str) -> int:
    """A descriptor from which `text` can be read; no name leads to it."""
    handle = opened.enter_context(
        open(os.memfd_create("job"), "r+b", buffering=0)  # noqa: SIM115 - the stack closes it
        if hasattr(os, "memfd_create")
        else tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
    )
    left = memoryview(text.encode("utf-8", "surrogatepass"))
    while left:
        left = left[handle.write(left) or 0 :]
    handle.seek(0)
    return handle.fileno()


def _give(judge: socket.socket, tests: dict[str, Any], channel: int) -> None:
    """Hand a check to the judge: a length, JSON, and the channel to the solution."""
    data = json.dumps(tests).encode()
    judge.settimeout(_ANSWER_SECONDS)
    try:
        socket.send_fds(judge, [len(data).to_bytes(4, "little")], [channel])
        judge.sendall(data)
    except OSError as error:
        raise Lost(f"the judge: {error}") from error


def _follow(
    line: socket.socket, output: int, limits: Limits, started: float
) -> tuple[bytes, bytes, bool]:
    """What is said on `line`, the beginning of what is printed until then, and whether the wall
    clock ran out first. What is printed beyond the limit is read and thrown away."""
    said, text = bytearray(), bytearray()
    waiting = select.poll()
    waiting.register(line, select.POLLIN)
    waiting.register(output, select.POLLIN)
    deadline = started + limits.wall_seconds
    while not _whole(said):
        left = deadline - time.monotonic()
        if left <= 0:
            return bytes(said), bytes(text), True
        for descriptor, _ in waiting.poll(left * 1000):
            if descriptor == output:
                piece = os.read(output, _WORD_BYTES)
                text += piece[: max(0, limits.output_bytes - len(text))]
                if not piece:
                    waiting.unregister(output)
                continue
            with contextlib.suppress(ConnectionError):
                if piece := os.read(line.fileno(), _WORD_BYTES):
                    said += piece
                    continue
            return bytes(said), bytes(text), False
    return bytes(said), bytes(text), False


def _whole(said: bytearray) -> bool:
    """Has everything been said? A program first says that it is ready."""
    return (said.endswith(b"\n") and said != _READY) or len(said) > _WORD_BYTES


def _drain(descriptor: int, limit: int) -> bytes:
    """What lies ready, up to `limit` bytes; doesn't wait for a writer that may never close."""
    os.set_blocking(descriptor, False)
    found = bytearray()
    with contextlib.suppress(BlockingIOError, ConnectionError):
        while len(found) < limit and (piece := os.read(descriptor, limit - len(found))):
            found += piece
    return bytes(found)


def _word(said: bytes) -> dict[str, Any]:
    if not said.endswith(b"\n"):
        return {}
    try:
        word = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return word if type(word) is dict else {}
