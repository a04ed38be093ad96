"""Landlock: this process and its children may read what is named, write below one folder, no more."""

from __future__ import annotations

import ctypes
import os
import struct

from .kernel import syscall
from .syscalls import LANDLOCK_ADD, LANDLOCK_CREATE, LANDLOCK_RESTRICT

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_MAKE_CHAR, _MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 10, 1 << 11
# All rights on files by the ABI that brought them: 1, 2 (move between folders), 3 (truncate), 5 (ioctl).
_RIGHTS = {1: 0x1FFF, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NET, _SCOPES = 0b11, 0b11
_READ = _READ_FILE | _READ_DIR


def abi() -> int:
    """The kernel's version of Landlock; OSError (ENOSYS, EOPNOTSUPP) where there is none."""
    return syscall("landlock", LANDLOCK_CREATE, None, 0, 1)


def restrict(readable: list[str], usable: list[str], writable: str | None) -> int:
    """Confine this process for good; returns the ABI. OSError where the kernel doesn't. The process
    has given up new privileges before.

    `usable` are files that may be read and written, such as /dev/null; nothing may be executed.
    Before ABI 3 a file that can't be written could still be emptied, so such kernels count as none.
    """
    version = abi()
    if version < 3:
        raise OSError(95, f"landlock: ABI {version}, 3 is needed")
    handled = sum(bits for since, bits in _RIGHTS.items() if since <= version)
    fields = [handled, _NET if version >= 4 else 0, _SCOPES if version >= 6 else 0]
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("<QQQ", *fields)[:size]
    ruleset = syscall("landlock", LANDLOCK_CREATE, ctypes.c_char_p(attributes), size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ)
        for path in usable:
            _allow(ruleset, path, _READ_FILE | _WRITE_FILE)
        if writable is not None:
            made = _EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_FIFO | _MAKE_BLOCK | _RIGHTS[5]
            _allow(ruleset, writable, handled & ~made)
        syscall("landlock", LANDLOCK_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= ~_READ_DIR
        rule = struct.pack("<Qi", rights, target)
        syscall("landlock", LANDLOCK_ADD, ruleset, 1, ctypes.c_char_p(rule), 0)
    finally:
        os.close(target)
