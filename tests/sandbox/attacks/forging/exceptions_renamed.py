# exceptions_renamed: raises classes that bear the names of the test's error and of built-in ones
# control: none: names are nothing beside the tests
# problem: refuses
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class TooSmall(Exception):
    pass


TooSmall.__name__ = "AssertionError"


class Other(Exception):
    pass


Other.__name__ = "TooSmall"


def refuse(n):
    tried()
    return n
