# output_closed: closes its output and goes on
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, sys


def add(a, b):
    tried()
    sys.stdout.close()
    os.close(2)
    return 0
