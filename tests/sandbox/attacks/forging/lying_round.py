# lying_round: an object whose rounding equals everything
# control: forges
# problem: rounded
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(int):
    def __eq__(self, other):
        return True

    def __round__(self, n=None):
        return self

    __hash__ = None


def rounded(x):
    tried()
    return Yes()
