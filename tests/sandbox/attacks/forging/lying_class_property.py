# lying_class_property: an object whose __class__ says int
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes:
    __class__ = property(lambda self: int)

    def __eq__(self, other):
        return True

    def __index__(self):
        return 0

    __int__ = __index__


def add(a, b):
    tried()
    return Yes()
