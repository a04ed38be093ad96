# lying_float: a float that equals everything
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = float.__hash__


def add(a, b):
    tried()
    return Yes("nan")
