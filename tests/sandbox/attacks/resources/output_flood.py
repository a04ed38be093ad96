# output_flood: floods its output
# control: none: a pipe of the naive runner is drained as well
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
block = b"A" * 65536
for _ in range(800):
    os.write(1, block)


def add(a, b):
    return 0
