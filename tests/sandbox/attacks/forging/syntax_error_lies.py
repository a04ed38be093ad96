# syntax_error_lies: a SyntaxError whose fields lie, at import
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()


class Name(str):
    def __eq__(self, other):
        return True

    __hash__ = None


error = SyntaxError("x")
error.filename, error.lineno, error.text = Name("no"), 10**30, 5
raise error


def add(a, b):
    return 0
