# segfault: reads address 0
# control: dies
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes


def add(a, b):
    tried()
    ctypes.string_at(0)
