# callback_raises: raises through the test's function, and catches what it raises
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import sys


class Bad(Exception):
    __str__ = lambda self: sys.exit(0)


def apply(f, x):
    tried()
    for value in (None, "x", [], Bad(), f, apply):
        try:
            f(value)
        except BaseException as error:
            last = error
    raise Bad from last
