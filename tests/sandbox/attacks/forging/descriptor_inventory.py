# descriptor_inventory: looks for descriptors beyond its three
# control: none: lists descriptors of the runner
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for fd in range(3, 1024):
    try:
        os.fstat(fd)
    except OSError:
        continue
    evidence(f"descriptor {fd} is open")


def add(a, b):
    return 0
