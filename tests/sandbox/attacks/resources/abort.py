# abort: aborts
# control: dies
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os


def add(a, b):
    tried()
    os.abort()
