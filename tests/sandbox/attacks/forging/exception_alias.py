# exception_alias: its error class is an AssertionError; taken for its ancestor, it swallows the test's own
# control: none: beside its tests a class is no ancestor
# problem: refuses
# expect: marked
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class TooSmall(AssertionError):
    pass


def refuse(n):
    tried()
    return n
