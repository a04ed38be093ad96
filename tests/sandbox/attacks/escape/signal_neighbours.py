# signal_neighbours: kills thousands of process numbers, by several calls
# control: none: it would kill the naive runner
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
info = ctypes.create_string_buffer(128)
tried()
for pid in {os.getppid(), *range(2, 3000)} - {0, 1, os.getpid()}:
    for number, args in (
        (62, (pid, 9)),
        (200, (pid, 9)),
        (234, (pid, pid, 9)),
        (129, (pid, 9, info)),
        (297, (pid, pid, 9, info)),
    ):
        if libc.syscall(ctypes.c_long(number), *args) == 0:
            evidence(f"signal to {pid} by {number}")


def add(a, b):
    return 0
