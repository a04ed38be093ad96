"""The zygote: a small warm process from which the sandboxed children are forked.

It is started once per worker and speaks over one socket, descriptor 0. A request is a line of JSON
with descriptors, an answer is a line of JSON:

    {"fork": "solution" | "program" | "judge", "cpu_seconds", "memory_mb"} + descriptors -> {}
    {"end": [kind, ...]} -> {"ends": [[wait status, CPU seconds, peak MB], ...], "clean": bool}

`end` kills. A solution gets [channel to the judge, output, source], a program [line to the client,
output, source], a judge [line to the client]. Sources, tests, expected values and verdicts never
pass through the zygote's memory, for every child is a copy of that: they travel in descriptors that
only the child they are meant for reads. The zygote ends when the other end of its socket closes, and
with it every child.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from . import (
    child,
    judge,
    namespaces,
    program,
    solution,
)
from .channel import Channel, Closed
from .kernel import LINUX, call, current_core
from .layers import Layers, enter
from .namespaces import NEWPID, unshare
from .rehearsal import rehearse

_STRAYS = 20
_NO_PID = 0x7FFFFFFF

Bounds = tuple[float, int]
"""CPU seconds and megabytes."""
Then = Callable[[], None]


class Zygote:
    """Forks and ends the children of one worker."""

    def __init__(self, control: socket.socket, layers: Layers) -> None:
        self.control = control
        self.layers = layers
        self.null = child.out_of_the_way(0)
        self.children: dict[str, int] = {}
        self.core: set[int] = set()
        # The first process of a namespace may signal itself, the judge nobody.
        self.solutions_wall = child.Wall(1) if layers.seccomp else None
        self.judges_wall = child.Wall(_NO_PID, receives=True) if layers.seccomp else None

    def serve(self) -> None:
        while True:
            line, given, _, _ = socket.recv_fds(self.control, 65536, 8)
            if not line:
                return
            request = json.loads(line)
            answer = self.end(request["end"]) if "end" in request else self.make(request, given)
            for descriptor in given:
                os.close(descriptor)
            self.control.sendall(json.dumps(answer).encode() + b"\n")

    def make(self, request: dict[str, Any], given: list[int]) -> dict[str, Any]:
        kind = request["fork"]
        limits = request["cpu_seconds"], request["memory_mb"]
        if kind == "judge":
            self.children[kind] = self.fork(limits, (given[0], self.null, self.null), _judge)
            return {}
        self.share_a_core()
        channel, output, source = given
        then = _solve if kind == "solution" else _run
        self.children[kind] = self.fork_apart(limits, (channel, output, output, source), then)
        return {}

    def share_a_core(self) -> None:
        """Put the judge where this process runs; the solution is forked there. They take turns, and
        waking one another on the same core costs a fraction of what it costs across two."""
        if not LINUX:
            return
        core = {current_core()}
        with suppress(OSError):
            if "judge" in self.children:
                os.sched_setaffinity(self.children["judge"], core)
            self.core = core

    def end(self, kinds: list[str]) -> dict[str, Any]:
        ends = []
        for kind in kinds:
            pid = self.children.pop(kind)
            self.kill(pid)
            _, status, usage = os.wait4(pid, 0)
            ends.append([status, usage.ru_utime + usage.ru_stime, round(usage.ru_maxrss / 1024, 1)])
        if not self.layers.namespaces:
            _reap_strays(set(self.children.values()))
        return {"ends": ends, "clean": self.clean()}

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
            if self.core:
                os.sched_setaffinity(0, self.core)
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
            child.Wall(_NO_PID if judge else os.getpid(), receives=judge).close()

    def kill(self, pid: int) -> None:
        """End a child that is not reaped yet; without namespaces, with all of its group."""
        if not self.layers.namespaces:
            _kill_group(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def clean(self) -> bool:
        """Empty the scratch folder, so that nothing of one check meets the next."""
        if not self.layers.namespaces:
            return True
        try:
            if os.listdir(namespaces.SCRATCH):
                _empty(namespaces.SCRATCH)
        except OSError:
            return False
        return True


def _solve() -> None:
    source = _read(3).decode("utf-8", "surrogatepass")
    with suppress(Closed):
        solution.Solution(Channel(0)).serve(source)
    os._exit(0)


def _judge() -> None:
    line = socket.socket(fileno=0)
    while True:
        request, channel = _request(line)
        verdict = judge.decide(request, Channel(channel))
        os.close(channel)
        line.sendall(json.dumps(verdict).encode() + b"\n")


def _request(line: socket.socket) -> tuple[dict[str, Any], int]:
    """A problem's tests and the channel to the solution: a length, JSON, and one descriptor."""
    head, given, _, _ = socket.recv_fds(line, 4, 1)
    size = int.from_bytes(head, "little")
    pieces = []
    while size > 0:
        pieces.append(os.read(0, min(size, 1 << 20)))
        if not pieces[-1]:
            break
        size -= len(pieces[-1])
    if not given or size:
        os._exit(0)
    return json.loads(b"".join(pieces)), given[0]


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
    """Remove everything below a folder, step by step from within: a path may be too long to name,
    and the tree too deep for recursion or for an open descriptor a level."""
    os.chdir(folder)
    above: list[str] = []
    while True:
        below = ""
        with os.scandir(".") as found:
            for entry in list(found):
                if entry.is_dir(follow_symlinks=False):
                    below = entry.name
                else:
                    os.unlink(entry.name)
        if below:
            os.chdir(below)
            above.append(below)
        elif above:
            os.chdir("..")
            os.rmdir(above.pop())
        else:
            return


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _reap_strays(ours: set[int]) -> None:
    """End what a program left behind: as subreaper we inherit every orphan of our children."""
    path = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    for _ in range(_STRAYS):
        try:
            with open(path) as handle:
                orphans = [int(word) for word in handle.read().split()]
        except OSError:
            orphans = []
        orphans = [pid for pid in orphans if pid not in ours]
        if not orphans:
            return
        for orphan in orphans:
            _kill_group(orphan)
            with suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(orphan, os.WNOHANG)
        time.sleep(0.005)


def main(arguments: list[str]) -> None:
    """`arguments` is [layers]: `all` or `none`. Says what it could take on, then serves."""
    os.environ.clear()  # the interpreter itself puts LC_CTYPE there
    control = socket.socket(fileno=child.out_of_the_way(0))
    child.keep_low_free(os.open(os.devnull, os.O_RDWR))
    child.speak_utf8()
    child.nothing_to_read()
    child.one_arena()
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
    rehearse()
    gc.collect()
    gc.freeze()
    control.sendall(json.dumps(hello).encode() + b"\n")
    zygote.serve()
