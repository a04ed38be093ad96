# lying_mro: a class that lies about its ancestry while values are reduced
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True

    def mro(cls):
        return [cls, *int.__mro__]

    __eq__ = lambda cls, other: True
    __hash__ = type.__hash__


class Yes(int, metaclass=Meta):
    __eq__ = lambda self, other: True
    __pos__ = lambda self: self
    __reduce__ = lambda self: (int, (5,))


def add(a, b):
    tried()
    return Yes()
