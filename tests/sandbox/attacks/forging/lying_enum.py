# lying_enum: an IntEnum member that equals everything
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import enum


class Yes(enum.IntEnum):
    ONE = 1

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


def add(a, b):
    tried()
    return Yes.ONE
