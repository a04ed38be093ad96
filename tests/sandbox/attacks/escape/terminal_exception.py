# terminal_exception: escape sequences in the text and the name of an exception
# visible: its reason is shown to people
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    name = "Bad\x1b[2J\x9b31m\r\u202e"
    raise type(name, (ValueError,), {})("\x1b]0;owned\x07\x1b[2J\x00\x85\u2028\r\nverdict: passed")
