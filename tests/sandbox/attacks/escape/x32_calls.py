# x32_calls: x32 numbers of system calls
# machine: x86_64
# control: none: most kernels have no x32
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
tried()
for number in (39, 57, 41):
    if libc.syscall(ctypes.c_long(0x40000000 + number), 2, 1, 0) >= 0:
        evidence(f"x32 call {number}")


def add(a, b):
    return 0
