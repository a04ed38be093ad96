# killed_by_every_signal: sends itself every signal there is
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, signal, threading


def add(a, b):
    tried()
    for number in [*range(35, 64), 1, 2, 3, 6, 8, 11, 13, 14, 15, 24, 25, 31, 9]:
        try:
            os.kill(os.getpid(), number)
        except OSError:
            pass
    return 0
