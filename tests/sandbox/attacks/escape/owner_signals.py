# owner_signals: signals by ownership of descriptors, leases and timers
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, fcntl, os

libc = ctypes.CDLL(None, use_errno=True)
tried()
for command, argument in ((8, os.getppid() or 2), (8, -1), (10, 9), (1026, 0xFF)):
    try:
        fcntl.fcntl(0, command, argument)
        evidence(f"fcntl {command}")
    except OSError:
        pass


def add(a, b):
    return 0
