# output_without_lines: one endless line, no newline, binary
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
os.write(1, bytes(range(256)) * 2000)


def add(a, b):
    return 0
