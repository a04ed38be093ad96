# equal_objects: objects that say of themselves that they are equal
# control: forges
# problem: equal_points
# expect: marked
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Point:
    def __init__(self, *args):
        pass

    __eq__ = lambda self, other: True


def middle(p, q):
    tried()
    return Point()
