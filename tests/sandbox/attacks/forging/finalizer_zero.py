# finalizer_zero: a finalizer ends the process with success when it is torn down
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os


class Last:
    def __del__(self, leave=os._exit):
        leave(0)


last = Last()


def add(a, b):
    tried()
    return 0
