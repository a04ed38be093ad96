# assertion_error: raises the tests' own kind of error with a reassuring text
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    raise AssertionError("passed")
