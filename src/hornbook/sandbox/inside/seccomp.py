"""Which system calls get through: two classic BPF programs.

The first is large, goes on the zygote once and is inherited by every child. The second is small and
takes from a child what the zygote alone needs; loading a filter costs by its length, and every
check loads it twice.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from .kernel import MACHINE, PR_SET_SECCOMP, PRCTL_NUMBER, Prepared
from .syscalls import AUDIT_ARCH, PLAIN, TABLES, ZYGOTE

Instruction = tuple[int, int, int, int]

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_NR, _ARCH = 0, 4
_X32 = 0x40000000
_CLONE_THREAD, _CLONE_NEW = 0x00010000, 0x7E020080
_SECCOMP_MODE_FILTER = 2

_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # terminal size and mode, FIO*
_FCNTLS_DENIED = (8, 10, 15, 1024, 1026)  # SETOWN, SETSIG, SETOWN_EX, SETLEASE, NOTIFY: they signal
_PRCTLS = (15, 16, 3, 0x53564D41)  # names of threads and of memory, GET_DUMPABLE
_ZYGOTE_PRCTLS = (PR_SET_SECCOMP, 1, 4)  # ... and PDEATHSIG and DUMPABLE


def _errno(code: int) -> Instruction:
    return (_RETURN, 0, 0, 0x00050000 | code)


_ALLOWED: Instruction = (_RETURN, 0, 0, _ALLOW)
_KILLED: Instruction = (_RETURN, 0, 0, _KILL)
_DENIED = _errno(errno.EPERM)


def _low(argument: int) -> Instruction:
    return (_LOAD, 0, 0, 16 + 8 * argument)


def _high(argument: int) -> Instruction:
    return (_LOAD, 0, 0, 20 + 8 * argument)


def _one_of(argument: int, values: tuple[int, ...]) -> list[Instruction]:
    """Allow where the argument's low half is one of `values`, deny otherwise."""
    found = [step for value in values for step in ((_EQUAL, 0, 1, value), _ALLOWED)]
    return [_low(argument), *found, _DENIED]


def _none_of(argument: int, values: tuple[int, ...]) -> list[Instruction]:
    """Deny where the argument's low half is one of `values`, allow otherwise."""
    found = [step for value in values for step in ((_EQUAL, 0, 1, value), _DENIED)]
    return [_low(argument), *found, _ALLOWED]


def _when(number: int, body: list[Instruction]) -> list[Instruction]:
    return [(_EQUAL, 0, len(body), number), *body]


def zygote_program(machine: str = MACHINE) -> list[Instruction]:
    """The allow-list. A foreign architecture or an x32 number kills."""
    table = TABLES[machine]
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        _KILLED,
    ]
    program += [(_LOAD, 0, 0, _NR), (_AT_LEAST, 0, 1, _X32), _KILLED]
    for name in [*PLAIN, *ZYGOTE, "kill", "tgkill"]:
        if name in table and name != "clone":
            program += _when(table[name], [_ALLOWED])
    no_address = [_low(4), (_EQUAL, 1, 0, 0), _DENIED, _high(4), (_EQUAL, 1, 0, 0), _DENIED]
    no_namespace = [_low(0), (_ANY_BIT, 0, 1, _CLONE_NEW), _DENIED]
    program += _when(table["clone"], [*no_namespace, _ALLOWED])
    program += _when(table["clone3"], [_errno(errno.ENOSYS)])
    program += _when(table["fcntl"], _none_of(1, _FCNTLS_DENIED))
    program += _when(table["ioctl"], _one_of(1, _IOCTLS))
    program += _when(table["prctl"], _one_of(0, _PRCTLS + _ZYGOTE_PRCTLS))
    program += _when(table["prlimit64"], _one_of(0, (0,)))
    program += _when(table["socketpair"], _one_of(0, (1,)))
    program += _when(table["sendto"], [*no_address, _ALLOWED])
    return [*program, _DENIED]


def child_program(own_pid: int, receives: bool, machine: str = MACHINE) -> list[Instruction]:
    """What a child loses: new processes, the zygote's calls, signals to anyone but itself. A judge
    `receives` the channel of each check as a descriptor."""
    table = TABLES[machine]
    program: list[Instruction] = [(_LOAD, 0, 0, _NR)]
    kept = {"clone", "recvmsg"} if receives else {"clone"}
    for name in ZYGOTE:
        if name in table and name not in kept:
            program += _when(table[name], [_DENIED])
    thread = [_low(0), (_ANY_BIT, 1, 0, _CLONE_THREAD), _DENIED, _ALLOWED]
    program += _when(table["clone"], thread)
    for name in ("kill", "tgkill"):
        program += _when(table[name], _one_of(0, (own_pid,)))
    program += _when(table["prctl"], _one_of(0, _PRCTLS))
    return [*program, _ALLOWED]


def assemble(program: list[Instruction]) -> bytes:
    return b"".join(struct.pack("<HBBI", *step) for step in program)


def loader(head: int) -> Prepared:
    """The call that puts the program at address `head` on this thread, which has given up new
    privileges before."""
    return Prepared("seccomp", PRCTL_NUMBER, PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head, 0, 0)


def load(code: bytes) -> None:
    """Put an assembled program on this thread. Raises OSError where the kernel refuses."""
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    kept = ctypes.create_string_buffer(head, len(head))
    loader(ctypes.addressof(kept))()


def digest() -> str:
    """Which rules these are, for the record."""
    import hashlib  # its library is large, and every fork would pay for it

    code = assemble(zygote_program()) + assemble(child_program(0, receives=False))
    return hashlib.sha256(code).hexdigest()[:16]
