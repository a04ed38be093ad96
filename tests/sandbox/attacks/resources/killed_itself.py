# killed_itself: kills itself outright
# control: dies
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, signal


def add(a, b):
    tried()
    os.kill(os.getpid(), signal.SIGKILL)
    return 0
