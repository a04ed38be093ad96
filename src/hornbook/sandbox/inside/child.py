"""What a child does between the fork and the first line of a program."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import sys
from typing import Any

from . import seccomp
from .kernel import LINUX, MACHINE, PR_SET_PDEATHSIG, drop_capabilities, prctl
from .syscalls import CAPSET

FILE_BYTES = 16 << 20
OPEN_FILES = 64
_OUT_OF_THE_WAY = 32


def arrange(descriptors: list[int]) -> None:
    """Make `descriptors` 0, 1, 2, ... and close all others."""
    # First out of the way, so that no move overwrites one that is still to be moved.
    high = [fcntl.fcntl(each, fcntl.F_DUPFD, _OUT_OF_THE_WAY) for each in descriptors]
    for target, source in enumerate(high):
        os.dup2(source, target, inheritable=False)
    os.closerange(len(descriptors), 256)


def limit(cpu_seconds: float, memory_mb: int, threads: int | None) -> None:
    """The child's own limits; none of them can be raised again."""
    cpu = max(1, -(-int(cpu_seconds * 1000) // 1000))
    memory = memory_mb << 20
    bounds = {
        "RLIMIT_CPU": cpu,
        "RLIMIT_FSIZE": FILE_BYTES,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_STACK": 8 << 20,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 64,
        "RLIMIT_AS": memory if LINUX else None,
        "RLIMIT_NPROC": threads,
    }
    for name, value in bounds.items():
        kind = getattr(resource, name, None)
        if kind is not None and value is not None:
            hard = resource.getrlimit(kind)[1]
            bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (bound, bound))


def shut_in(filter_code: bytes) -> None:
    """Give up the last rights."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    drop_capabilities(CAPSET[MACHINE])
    seccomp.load(filter_code)


def plain_signals() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
