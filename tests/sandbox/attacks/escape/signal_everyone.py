# signal_everyone: signals to all processes, to its group and to its parent
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, signal

tried()
for pid in (-1, 0, os.getppid() or 2, -os.getpgrp() or -2, 2, 3):
    try:
        os.kill(pid, 0)
        evidence(f"signal to {pid}")
    except OSError:
        pass
try:
    os.killpg(0, 0)
    evidence("signal to its group")
except OSError:
    pass


def add(a, b):
    return 0
