# exception_with_a_lying_name: a class whose name and module lie
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Lie(BaseException):
    pass


Lie.__name__ = "AssertionError"
Lie.__qualname__ = "builtins.passed"
Lie.__module__ = "builtins"


def add(a, b):
    tried()
    raise Lie("x")
