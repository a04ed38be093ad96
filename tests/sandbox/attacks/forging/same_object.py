# same_object: every object the test builds is one and the same
# control: forges
# problem: equal_points
# expect: marked
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Point:
    one = None

    def __new__(cls, *args):
        if cls.one is None:
            cls.one = object.__new__(cls)
        return cls.one

    def __init__(self, *args):
        self.x = self.y = 2


def middle(p, q):
    tried()
    return p
