# prlimit_others: changes the limits of processes near its own
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, resource

tried()
for pid in {os.getppid() or 2, *range(1, 300)} - {os.getpid()}:
    try:
        resource.prlimit(pid, resource.RLIMIT_CPU)
        evidence(f"limits of {pid}")
    except (OSError, ValueError):
        pass


def add(a, b):
    return 0
