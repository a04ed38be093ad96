# atexit_zero: an exit handler that turns failure into success
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import atexit, os

atexit.register(os._exit, 0)


def add(a, b):
    tried()
    return 0
