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
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hornbook.sandbox.outcome import Limits

INSIDE = Path(__file__).with_name("inside") / "__main__.py"
_START_SECONDS = 30.0
_GRACE_SECONDS = 10.0
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
    expired: bool
    seconds: float
    ready: bool
    """Was the process set up before the program got hold of it? Of a judge, its word tells."""


class Worker:
    """A zygote and the socket to it. `layers` is `all` or `none` (inside/layers.py)."""

    def __init__(self, layers: str) -> None:
        self._control, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(INSIDE), layers],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        try:
            self.hello = self._line(time.monotonic() + _START_SECONDS)
        except Lost:
            self.close()
            raise

    def judge(self, source: str, tests: dict[str, Any], limits: Limits) -> Report:
        """Run `source` and the judge's program against each other (inside/judge.py)."""
        read, write = os.pipe()
        jobs = [_held(source.encode("utf-8", "surrogatepass")), _held(json.dumps(tests).encode())]
        return self._check("judge", jobs, read, write, limits)

    def run(self, source: str, limits: Limits) -> Report:
        """Run `source` alone; its word is its own."""
        ours, theirs = socket.socketpair()
        jobs = [_held(source.encode("utf-8", "surrogatepass"))]
        return self._check("program", jobs, ours.detach(), theirs.detach(), limits)

    def close(self) -> None:
        """End the zygote and with it all of its children."""
        self._control.close()
        try:
            self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _check(self, mode: str, jobs: list[int], read: int, write: int, limits: Limits) -> Report:
        output, output_write = os.pipe()
        # Order as the zygote expects it: a judge's word comes last, a program's before its output.
        given = [*jobs, *([output_write, write] if mode == "judge" else [write, output_write])]
        try:
            started = time.monotonic()
            self._send({"mode": mode, **asdict(limits)}, given)
            for descriptor in given:
                os.close(descriptor)
            given = []
            answer, text = self._follow(output, limits, started)
            said = _drain(read, _WORD_BYTES)
            ready = said.startswith(_READY)
            text += _drain(output, max(0, limits.output_bytes - len(text)))
            seconds = time.monotonic() - started
            ends = tuple(End(s, user + system, peak) for s, user, system, peak in answer["ends"])
            return Report(
                _word(said.removeprefix(_READY)),
                text,
                ends,
                bool(answer["expired"]),
                seconds,
                ready,
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise Lost(f"{type(error).__name__}: {error}") from error
        finally:
            for descriptor in (*given, read, output):
                os.close(descriptor)

    def _send(self, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        socket.send_fds(self._control, [json.dumps(request).encode() + b"\n"], list(descriptors))

    def _follow(self, output: int, limits: Limits, started: float) -> tuple[dict[str, Any], bytes]:
        """The zygote's answer, and the beginning of what was printed until then."""
        text = bytearray()
        waiting = select.poll()
        waiting.register(self._control, select.POLLIN)
        waiting.register(output, select.POLLIN)
        deadline = started + limits.wall_seconds + _GRACE_SECONDS
        while True:
            ready = dict(waiting.poll(max(0.0, deadline - time.monotonic()) * 1000))
            if output in ready:
                piece = os.read(output, 65_536)
                text += piece[: max(0, limits.output_bytes - len(text))]
                if not piece:
                    waiting.unregister(output)
            if self._control.fileno() in ready:
                return self._line(deadline), bytes(text)
            if not ready:
                raise Lost("no answer")

    def _line(self, deadline: float) -> dict[str, Any]:
        line = b""
        while not line.endswith(b"\n"):
            self._control.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                piece = self._control.recv(65_536)
            except OSError as error:
                raise Lost(str(error)) from error
            if not piece:
                raise Lost("it ended")
            line += piece
        self._control.settimeout(None)
        found = json.loads(line)
        if type(found) is not dict:
            raise Lost("nonsense")
        return found


def _held(data: bytes) -> int:
    """A descriptor from which `data` can be read; no name leads to it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("job")
    else:
        with tempfile.TemporaryFile() as handle:
            descriptor = os.dup(handle.fileno())
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


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
