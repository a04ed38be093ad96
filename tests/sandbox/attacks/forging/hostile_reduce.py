# hostile_reduce: its result asks to be built by a call, as pickles do
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Bad:
    def __reduce__(self):
        return (evidence, ("a value was unpickled",))

    __reduce_ex__ = lambda self, version: self.__reduce__()
    __getstate__ = __getnewargs__ = __reduce__


def add(a, b):
    tried()
    return [Bad(), {Bad(): Bad()}, (Bad(),)]
