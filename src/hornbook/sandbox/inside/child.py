"""What a child does between the fork and the first line of a program.

Little, and by calls prepared before the fork: every page of memory that a child touches first is a
page fault, and those are most of what a check costs.
"""

from __future__ import annotations

import ctypes
import fcntl
import io
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from typing import Any

from . import seccomp
from .kernel import CAPSET_NUMBER, LINUX, PR_SET_PDEATHSIG, Prepared, call, prctl

FILE_BYTES = 16 << 20
OPEN_FILES = 64
THREADS = 64
_M_ARENA_MAX = -8
_LOW = 8
"""A child's descriptors are below this, the zygote's own and those it is given at or above."""


def keep_low_free(null: int) -> None:
    """Fill the low descriptors, so that no job's is among them and `arrange` can't overwrite one."""
    for descriptor in range(_LOW):
        os.dup2(null, descriptor)


def out_of_the_way(descriptor: int) -> int:
    """The same open file under a number that jobs don't use."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, OPEN_FILES // 2)


def arrange(descriptors: tuple[int, ...]) -> None:
    """Make `descriptors` 0, 1, 2, ... and close all others."""
    for target, source in enumerate(descriptors):
        os.dup2(source, target)
    os.closerange(len(descriptors), OPEN_FILES)


def limit_all(threads: int | None) -> None:
    """The limits that are the same for every check; children inherit them from the zygote."""
    for name, value in (
        ("RLIMIT_FSIZE", FILE_BYTES),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", OPEN_FILES),
        ("RLIMIT_STACK", 8 << 20),
        ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_SIGPENDING", 64),
        ("RLIMIT_NPROC", threads),
    ):
        if value is not None and hasattr(resource, name):
            _limit(getattr(resource, name), value)


def limit(cpu_seconds: float, memory_mb: int) -> None:
    """The limits of one check; they can't be raised again. 0 CPU seconds are no limit."""
    if cpu_seconds:
        _limit(resource.RLIMIT_CPU, max(1, -(-int(cpu_seconds * 1000) // 1000)))
    if LINUX:
        _limit(resource.RLIMIT_AS, memory_mb << 20)


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bound, bound))


class Wall:
    """The second filter and the loss of capabilities, prepared for one call each."""

    def __init__(self, own_pid: int, receives: bool = False) -> None:
        """`own_pid` is the only process that may be signalled; a judge `receives` descriptors."""
        code = seccomp.assemble(seccomp.child_program(own_pid, receives))
        self._code = ctypes.create_string_buffer(code, len(code))
        head = struct.pack("@HP", len(code) // 8, ctypes.addressof(self._code))
        self._head = ctypes.create_string_buffer(head, len(head))
        self._filter = seccomp.loader(ctypes.addressof(self._head))
        self._none = (ctypes.c_uint32 * 6)()
        self._version = (ctypes.c_uint32 * 2)(0x20080522, 0)
        self._drop = Prepared(
            "capset", CAPSET_NUMBER, ctypes.addressof(self._version), ctypes.addressof(self._none)
        )

    def close(self) -> None:
        """Shut this process in. OSError where the kernel refuses."""
        self._drop()
        self._filter()


def nothing_to_read() -> None:
    """`input()` finds the end of the input; descriptor 0 is something else."""
    sys.stdin = io.StringIO()


def one_arena() -> None:
    """Keep the C library from reserving 64 MB of address space for every thread."""
    with suppress(OSError, AttributeError):
        call("mallopt", _M_ARENA_MAX, 1)


def die_with_parent() -> None:
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
