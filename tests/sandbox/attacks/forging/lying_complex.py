# lying_complex: a complex number that equals everything
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(complex):
    def __eq__(self, other):
        return True

    __hash__ = complex.__hash__


def add(a, b):
    tried()
    return Yes()
