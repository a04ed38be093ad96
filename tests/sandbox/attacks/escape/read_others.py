# read_others: reads the memory of processes near its own
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


held = ctypes.create_string_buffer(16)
mine = Vector(ctypes.addressof(held), 16)
tried()
for pid in {os.getpid(), os.getppid() or 2, *range(1, 20)}:
    if (
        libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(mine), 1, 0) >= 0
        or ctypes.get_errno() == 14
    ):
        evidence(f"read memory of {pid}")
    if libc.process_vm_writev(pid, ctypes.byref(mine), 1, ctypes.byref(mine), 1, 0) >= 0:
        evidence(f"wrote memory of {pid}")


def add(a, b):
    return 0
