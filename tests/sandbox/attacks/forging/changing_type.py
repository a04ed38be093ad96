# changing_type: an object that changes its class while it is read
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class A(int):
    __eq__ = lambda self, other: True
    __hash__ = None


class B:
    def __iter__(self):
        self.__class__ = C
        return iter([1])


class C(B):
    __eq__ = lambda self, other: True


def add(a, b):
    tried()
    return [B(), A(0), C()]
