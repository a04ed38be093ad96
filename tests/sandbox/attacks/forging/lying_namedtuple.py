# lying_namedtuple: a named tuple whose fields lie
# control: forges
# problem: pairs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
from collections import namedtuple


class Yes(namedtuple("Yes", "a b")):
    def __eq__(self, other):
        return True

    def __len__(self):
        return 2

    __hash__ = None


class All(list):
    def __eq__(self, other):
        return True


def pairs(xs):
    tried()
    return All([Yes(7, 7)])
