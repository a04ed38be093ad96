# namespaces: new namespaces, and privileges in them
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
tried()
for name, flag in (
    ("user", 0x10000000),
    ("mount", 0x20000),
    ("pid", 0x20000000),
    ("net", 0x40000000),
    ("ipc", 0x8000000),
    ("time", 0x80),
):
    if libc.unshare(flag) == 0:
        evidence(f"a new {name} namespace")
for fd in range(3):
    if libc.setns(fd, 0) == 0:
        evidence("another's namespace")


def add(a, b):
    return 0
