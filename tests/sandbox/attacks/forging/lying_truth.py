# lying_truth: true for every question, as an object and as its methods
# control: forges
# problem: points
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class Point:
    def __init__(self, *args):
        self.x = self.y = Yes()

    def __getattr__(self, name):
        return lambda *args: Yes()

    def __eq__(self, other):
        return True

    def __bool__(self):
        return True


def middle(p, q):
    tried()
    return Point()
