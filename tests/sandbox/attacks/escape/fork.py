# fork: forks
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
try:
    if os.fork() == 0:
        os._exit(0)
    evidence("forked")
except OSError:
    pass


def add(a, b):
    return 0
