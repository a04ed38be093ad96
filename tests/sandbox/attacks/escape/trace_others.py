# trace_others: traces processes near its own, and asks to be traced
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
tried()
if libc.ptrace(0, 0, 0, 0) == 0:
    evidence("it is traced")
for pid in {os.getppid() or 2, *range(1, 20)} - {os.getpid()}:
    if libc.ptrace(0x4206, pid, 0, 0) == 0:
        evidence(f"traced {pid}")


def add(a, b):
    return 0
