"""The few calls of the C library that Python's own modules don't have."""

from __future__ import annotations

import ctypes
import os
import sys

# Not by `platform`, which would remember the host's name for every child.
_MACHINE = os.uname().machine
MACHINE = {"amd64": "x86_64", "arm64": "aarch64"}.get(_MACHINE.lower(), _MACHINE)
LINUX = sys.platform == "linux"

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER = 1, 4, 24, 36
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 38, 22


def call(name: str, *args: int | bytes | None) -> int:
    """A function of the C library; raises OSError with its errno."""
    converted = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    return _result(name, int(getattr(_libc, name)(*converted)))


def syscall(what: str, number: int, *args: object) -> int:
    """A system call by its number; `what` names it in the error."""
    converted = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    return _result(what, int(_libc.syscall(ctypes.c_long(number), *converted)))


def _result(name: str, result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def prctl(option: int, argument: int = 0) -> None:
    call("prctl", option, argument, 0, 0, 0)


def drop_bounding_set() -> None:
    """No program started later could gain a capability. Needs CAP_SETPCAP; silent without it."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            return


def current_core() -> int:
    """The number of the processor core this runs on."""
    return int(_libc.sched_getcpu())


class Prepared:
    """A system call whose arguments are converted beforehand."""

    def __init__(self, what: str, *numbers: int) -> None:
        self._what = what
        self._function = _libc.syscall
        self._numbers = [ctypes.c_long(number) for number in numbers]

    def __call__(self) -> None:
        if self._function(*self._numbers) < 0:
            _result(self._what, -1)


CAPSET_NUMBER = {"x86_64": 126, "aarch64": 91}.get(MACHINE, -1)
PRCTL_NUMBER = {"x86_64": 157, "aarch64": 167}.get(MACHINE, -1)
PIVOT_ROOT_NUMBER = {"x86_64": 155, "aarch64": 41}.get(MACHINE, -1)
