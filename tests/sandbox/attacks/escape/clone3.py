# clone3: clone3 with a structure of its own
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, struct

libc = ctypes.CDLL(None, use_errno=True)
tried()
found = libc.syscall(
    ctypes.c_long(435), struct.pack("8Q", 0, 0, 0, 0, 17, 0, 0, 0), ctypes.c_long(64)
)
if found == 0:
    libc._exit(0)
if found > 0:
    evidence("clone3")


def add(a, b):
    return 0
