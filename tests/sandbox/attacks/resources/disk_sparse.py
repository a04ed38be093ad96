# disk_sparse: a file of a terabyte of nothing
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for folder in (".", "/tmp", "/dev/shm"):
    try:
        with open(f"{folder}/sparse", "wb") as file:
            os.truncate(file.fileno(), 1 << 30)
        evidence("a sparse gigabyte")
    except OSError:
        pass


def add(a, b):
    return 0
