# exception_with_hostile_text: text, repr and arguments of its exception end the process
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os


class Bad(Exception):
    def __str__(self):
        os._exit(0)

    __repr__ = __str__
    args = property(lambda self: os._exit(0))


def add(a, b):
    tried()
    raise Bad
