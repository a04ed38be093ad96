# exception_of_everything: an error class that is every kind of error
# control: none: a class may have many ancestors
# problem: refuses
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class TooSmall(ValueError, KeyError, ArithmeticError, AssertionError):
    pass


def refuse(n):
    tried()
    return n
