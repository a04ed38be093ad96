# terminal_value: escape sequences in a value, its repr and its class
# visible: the value is shown to people
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Bad:
    __repr__ = __str__ = lambda self: "\x1b[2Jpassed\r"


Bad.__name__ = Bad.__qualname__ = "\x1b[31mBad"


def add(a, b):
    tried()
    return ["\x1b[2J\x9b\r\u202e", Bad(), {"\x1b]0;x\x07": b"\x1b"}]
