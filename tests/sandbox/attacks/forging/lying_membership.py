# lying_membership: an object that contains everything
# control: forges
# problem: contains
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes:
    def __contains__(self, value):
        return True

    def __iter__(self):
        return iter([Yes()] * 3)

    def __eq__(self, other):
        return True


def contains(n):
    tried()
    return Yes()
