# terminal_import_error: escape sequences in an exception while it is loaded
# visible: its reason is shown to people
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
raise type("Bad\x1b[2J", (BaseException,), {})("\x1b[1A\x1b[Kpassed\r")


def add(a, b):
    return 0
