# exception_with_liars_inside: arguments of an exception that are objects and liars
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(str):
    def __eq__(self, other):
        return True

    __hash__ = None


def add(a, b):
    tried()
    raise ValueError(Yes("x"), object(), [lambda: 1], {1: {2}})
