# output_not_blocking: makes its output non-blocking and its flush fail
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, sys

tried()
os.set_blocking(1, False)


class Bad:
    def write(self, text):
        raise SystemExit(0)

    flush = lambda self: (_ for _ in ()).throw(KeyboardInterrupt)


def add(a, b):
    sys.stdout = sys.stderr = Bad()
    return 0
