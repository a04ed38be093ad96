# descriptors_replaced: puts its output over every descriptor
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for fd in range(64):
    try:
        os.dup2(1, fd)
    except OSError:
        pass


def add(a, b):
    return 0
