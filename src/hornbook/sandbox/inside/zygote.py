"""The zygote: a small warm process that makes two sandboxed children for each check.

It is started once per worker and speaks over one socket, descriptor 0: a request is a line of JSON
with the descriptors of its job, an answer is a line of JSON. Source, tests, expected values and
verdicts never pass through its memory, for every child is a copy of that: they travel in
descriptors that only the child they are meant for reads.

    {"mode": "judge", limits}    + [solution's source, judge's program, output, verdict]
    {"mode": "program", limits}  + [source, status, output]

The answer says how each child ended: {"ends": [[wait status, user s, system s, peak MB], ...],
"expired": bool}. It ends itself when the other end of the socket closes.
"""

from __future__ import annotations

# What generated code commonly imports, loaded once and shared by every child.
import array  # noqa: F401
import bisect  # noqa: F401
import cmath  # noqa: F401
import collections  # noqa: F401
import copy  # noqa: F401
import dataclasses  # noqa: F401
import datetime  # noqa: F401
import decimal  # noqa: F401
import enum  # noqa: F401
import fractions  # noqa: F401
import functools  # noqa: F401
import gc
import hashlib  # noqa: F401
import heapq  # noqa: F401
import itertools  # noqa: F401
import json
import math  # noqa: F401
import operator  # noqa: F401
import os
import random  # noqa: F401
import re  # noqa: F401
import select
import signal
import socket
import statistics  # noqa: F401
import string  # noqa: F401
import time
import typing  # noqa: F401
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from . import child, judge, namespaces, program, solution
from .channel import Channel, Closed
from .kernel import LINUX, call
from .layers import Layers, enter
from .namespaces import NEWPID, unshare

_STRAYS = 20
_NO_PID = 0x7FFFFFFF

Bounds = tuple[float, int]
"""CPU seconds and megabytes."""
Then = Callable[[], None]


class Zygote:
    """Serves the checks of one worker, one after the other."""

    def __init__(self, control: socket.socket, layers: Layers) -> None:
        self.control = control
        self.layers = layers
        self.null = child.out_of_the_way(0)
        # The first process of a namespace may signal itself, the judge nobody.
        self.solutions_wall = child.Wall(1) if layers.seccomp else None
        self.judges_wall = child.Wall(_NO_PID) if layers.seccomp else None

    def serve(self) -> None:
        while True:
            line, given, _, _ = socket.recv_fds(self.control, 65536, 8)
            if not line:
                return
            request = json.loads(line)
            answer = (
                self.judge(request, given)
                if request["mode"] == "judge"
                else self.run(request, given)
            )
            self.control.sendall(json.dumps(answer).encode() + b"\n")
            if not self.clean():
                # Whatever can't be removed goes with this world.
                return

    def judge(self, request: dict[str, Any], given: list[int]) -> dict[str, Any]:
        """Solution and judge, each in a process of its own, joined by one socket."""
        source, tests, output, verdict = given
        ours, theirs = socket.socketpair()
        limits = request["cpu_seconds"], request["memory_mb"]
        first = self.fork_apart(limits, (theirs.fileno(), output, output, source), _solve)
        limits = request["wall_seconds"], request["memory_mb"]
        second = self.fork(limits, (ours.fileno(), self.null, self.null, tests, verdict), _judge)
        ours.close()
        theirs.close()
        for descriptor in given:
            os.close(descriptor)
        # The judge's end is the check's end.
        return self.wait([first, second], decisive=1, seconds=request["wall_seconds"])

    def run(self, request: dict[str, Any], given: list[int]) -> dict[str, Any]:
        """One program alone."""
        source, status, output = given
        limits = request["cpu_seconds"], request["memory_mb"]
        only = self.fork_apart(limits, (status, output, output, source), _run)
        for descriptor in given:
            os.close(descriptor)
        return self.wait([only], decisive=0, seconds=request["wall_seconds"])

    def fork_apart(self, limits: Bounds, descriptors: tuple[int, ...], then: Then) -> int:
        """A child that is the only process of a pid namespace, where there are namespaces."""
        if not self.layers.namespaces:
            return self.fork(limits, descriptors, then)
        unshare(NEWPID)
        pid = self.fork(limits, descriptors, then)
        call("setns", self.layers.own_pids, NEWPID)
        return pid

    def fork(self, limits: Bounds, descriptors: tuple[int, ...], then: Then) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            child.arrange(descriptors)
            child.limit(*limits)
            self.shut_in(then is _judge)
            then()
        finally:
            os._exit(1)

    def shut_in(self, judge: bool) -> None:
        if (
            self.layers.namespaces
            and self.judges_wall is not None
            and self.solutions_wall is not None
        ):
            (self.judges_wall if judge else self.solutions_wall).close()
            return
        # Without a namespace of its own, nothing else ends a child, and what it makes, with us.
        os.setsid()
        if LINUX:
            child.die_with_parent()
        if self.layers.seccomp:
            child.Wall(_NO_PID if judge else os.getpid()).close()

    def wait(self, pids: list[int], decisive: int, seconds: float) -> dict[str, Any]:
        """Wait for the decisive child, end all, and say how each ended."""
        expired = not self.ended(pids[decisive], seconds)
        ends = []
        for pid in pids:
            self.kill(pid)
            _, status, usage = os.wait4(pid, 0)
            peak = usage.ru_maxrss / 1024
            ends.append([status, usage.ru_utime, usage.ru_stime, round(peak, 1)])
        if not self.layers.namespaces:
            _reap_strays()
        return {"ends": ends, "expired": expired}

    def kill(self, pid: int) -> None:
        """End a child that is not reaped yet; without namespaces, with all of its group."""
        if not self.layers.namespaces:
            _kill_group(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def ended(self, pid: int, seconds: float) -> bool:
        """False where the time is over first. Leaves the child unreaped."""
        deadline = time.monotonic() + seconds
        if not hasattr(os, "pidfd_open"):
            while time.monotonic() < deadline:
                if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                    return True
                time.sleep(0.001)
            return False
        descriptor = os.pidfd_open(pid)
        try:
            waiting = select.poll()
            waiting.register(descriptor, select.POLLIN)
            # A client that is gone ends the check, and with this process all of its children.
            waiting.register(self.control, select.POLLHUP)
            ready = waiting.poll(max(0.0, deadline - time.monotonic()) * 1000)
            if any(number == self.control.fileno() for number, _ in ready):
                os._exit(0)
            return bool(ready)
        finally:
            os.close(descriptor)

    def clean(self) -> bool:
        """Empty the scratch folder, so that nothing of one check meets the next."""
        if not self.layers.namespaces:
            return True
        try:
            if os.listdir(namespaces.SCRATCH):
                _empty(namespaces.SCRATCH)
        except (OSError, RecursionError):
            return False
        return not os.listdir(namespaces.SCRATCH)


def _solve() -> None:
    source = _read(3).decode("utf-8", "surrogatepass")
    with suppress(Closed):
        solution.Solution(Channel(0)).serve(source)
    os._exit(0)


def _judge() -> None:
    tests = json.loads(_read(3))
    verdict = judge.decide(tests, Channel(0))
    os.write(4, json.dumps(verdict).encode() + b"\n")
    os._exit(0)


def _run() -> None:
    source = _read(3).decode("utf-8", "surrogatepass")
    os.write(0, b"ready\n")
    status = json.dumps(program.run(source)).encode()
    os.write(0, status + b"\n")
    os._exit(0)


def _read(descriptor: int) -> bytes:
    pieces = []
    while piece := os.read(descriptor, 1 << 20):
        pieces.append(piece)
    os.close(descriptor)
    return b"".join(pieces)


def _empty(folder: str) -> None:
    """Remove everything below a folder, without following links and without recursion."""
    folders = [folder]
    for here in folders:
        with os.scandir(here) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    os.unlink(entry.path)
    for here in reversed(folders[1:]):
        os.rmdir(here)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _reap_strays() -> None:
    """End what a program left behind: as subreaper we inherit every orphan of our children."""
    path = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    for _ in range(_STRAYS):
        try:
            with open(path) as handle:
                orphans = [int(word) for word in handle.read().split()]
        except OSError:
            orphans = []
        for orphan in orphans:
            _kill_group(orphan)
            with suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        time.sleep(0.005)


def main(arguments: list[str]) -> None:
    """`arguments` is [layers]: `all` or `none`. Says what it could take on, then serves."""
    os.environ.clear()  # the interpreter itself puts LC_CTYPE there
    control = socket.socket(fileno=child.out_of_the_way(0))
    child.keep_low_free(os.open(os.devnull, os.O_RDWR))
    child.speak_utf8()
    layers = enter(arguments[0])
    child.limit_all(layers.threads)
    os.chdir(namespaces.SCRATCH if layers.namespaces else "/")
    hello = {
        "namespaces": layers.namespaces,
        "landlock": layers.landlock,
        "seccomp": layers.seccomp,
        "missing": layers.missing,
    }
    zygote = Zygote(control, layers)
    gc.collect()
    gc.freeze()
    control.sendall(json.dumps(hello).encode() + b"\n")
    zygote.serve()
