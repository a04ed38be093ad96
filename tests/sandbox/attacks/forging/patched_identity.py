# patched_identity: replaces the built-in type, id and isinstance under the codec
# control: none: patches the sandbox's own code
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import builtins

tried()


class Yes(int):
    __eq__ = lambda self, other: True
    __hash__ = None


builtins.isinstance = lambda *args: False
builtins.type = lambda value: int


def add(a, b):
    return Yes()
