# stack_overflow_at_import: recursion of a C function on a deep value, before the tests
# control: dies
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

tried()
callback = ctypes.CFUNCTYPE(ctypes.c_int)


@callback
def again():
    return again()


import sys

sys.setrecursionlimit(10**9)
again()


def add(a, b):
    return 0
