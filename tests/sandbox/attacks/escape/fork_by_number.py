# fork_by_number: fork, vfork and clone by their numbers
# machine: x86_64
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
tried()
for name, args in (
    ("fork", (57,)),
    ("clone", (56, 17, 0, 0, 0, 0)),
    ("clone newuser", (56, 17 | 0x10000000, 0, 0, 0, 0)),
    ("clone parent", (56, 17 | 0x8000, 0, 0, 0, 0)),
):
    found = libc.syscall(*map(ctypes.c_long, args))
    if found == 0:
        libc._exit(0)
    if found > 0:
        evidence(name)


def add(a, b):
    return 0
