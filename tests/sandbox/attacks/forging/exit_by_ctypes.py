# exit_by_ctypes: ends the process through the C library, past Python
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes


def add(a, b):
    tried()
    ctypes.CDLL(None).exit(0)
