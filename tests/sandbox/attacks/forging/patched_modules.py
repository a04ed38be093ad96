# patched_modules: replaces functions of modules that tests import
# control: forges
# problem: close
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import math, operator

tried()
math.isclose = lambda *args, **more: True
operator.eq = lambda *args: True


def half(x):
    return 0
