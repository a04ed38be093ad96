# corrupted_interpreter: overwrites the interpreter's own objects
# control: dies
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes


def add(a, b):
    tried()
    for value in (True, None, 5, int, ()):
        ctypes.memset(id(value), 0xFF, 64)
    return 0
