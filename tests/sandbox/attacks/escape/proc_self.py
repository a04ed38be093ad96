# proc_self: reads what the kernel tells about it
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for name in (
    "environ",
    "cmdline",
    "maps",
    "mountinfo",
    "cgroup",
    "status",
    "fd/0",
    "root/etc/passwd",
    "mem",
):
    for base in ("/proc/self", "/proc/1", "/proc/thread-self", f"/proc/{os.getppid()}"):
        try:
            with open(f"{base}/{name}", "rb") as file:
                file.read(64)
            evidence(f"{base}/{name}")
        except OSError:
            pass


def add(a, b):
    return 0
