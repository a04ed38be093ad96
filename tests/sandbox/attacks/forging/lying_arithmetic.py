# lying_arithmetic: an object whose differences are zero
# control: forges
# problem: near
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes:
    def __sub__(self, other):
        return 0

    __rsub__ = __mul__ = __truediv__ = __sub__

    def __abs__(self):
        return 0

    def __lt__(self, other):
        return True

    __le__ = __ge__ = __gt__ = __eq__ = __lt__


def near(x):
    tried()
    return Yes()
