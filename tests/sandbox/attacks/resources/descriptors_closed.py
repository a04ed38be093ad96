# descriptors_closed: closes everything
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os


def add(a, b):
    tried()
    os.closerange(0, 1024)
    return 0
