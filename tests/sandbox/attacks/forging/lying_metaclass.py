# lying_metaclass: returns a class that equals everything
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Meta(type):
    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return 0


class Yes(metaclass=Meta):
    pass


def add(a, b):
    tried()
    return Yes
