# killed_by_a_nameless_signal: ends by a real-time signal that has no name
# control: dies
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os


def add(a, b):
    tried()
    os.kill(os.getpid(), 43)
    return 0
