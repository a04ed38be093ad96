# high_halves: numbers and arguments whose high halves are set
# machine: x86_64
# control: none: what the kernel makes of them is nobody's effect
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
tried()
high = 1 << 32
for words, args in (
    ("fork", (57 + high,)),
    ("socket", (41 + high, 2, 1, 0)),
    ("clone", (56, 17 + high, 0, 0, 0, 0)),
    ("kill", (62, 2 + high, 0)),
    ("socketpair", (53, 2 + high, 1, 0, ctypes.addressof(ctypes.create_string_buffer(8)))),
):
    found = libc.syscall(*map(ctypes.c_long, args))
    if found == 0 and words in ("fork", "clone"):
        libc._exit(0)
    if found >= 0:
        evidence(words)


def add(a, b):
    return 0
