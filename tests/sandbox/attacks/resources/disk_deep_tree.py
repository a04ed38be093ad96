# disk_deep_tree: folders in folders, deeper than any path can say
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
try:
    for _ in range(400):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
except OSError:
    pass


def add(a, b):
    return 0
