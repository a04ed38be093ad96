# stack_overflow: recursion until the C stack ends
# control: dies
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import sys


def add(a, b):
    tried()
    sys.setrecursionlimit(10**9)
    value = []
    for _ in range(10**6):
        value = [value]
    return value == value and hash(repr(value))
