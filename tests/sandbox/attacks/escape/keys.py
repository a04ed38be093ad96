# keys: keys in the kernel's key rings
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
tried()
for words, args in (
    ("add_key", (248, b"user", b"hostile", b"v", 1, -3)),
    ("request_key", (249, b"user", b"hostile", None, 0)),
    ("keyctl", (250, 0, -3, 1)),
):
    if libc.syscall(*[ctypes.c_long(x) if isinstance(x, int) else x for x in args]) >= 0:
        evidence(words)


def add(a, b):
    return 0
