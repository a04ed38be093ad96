# process_handles: handles to processes, and what can be taken by them
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
tried()
for pid in (os.getpid(), os.getppid() or 2, 1, 2, 3):
    fd = libc.syscall(ctypes.c_long(434), pid, 0)
    if fd >= 0:
        evidence(f"a handle to {pid}")
        if libc.syscall(ctypes.c_long(438), fd, 0, 0) >= 0:
            evidence("took a descriptor")


def add(a, b):
    return 0
