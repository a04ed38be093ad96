# lying_str: a str that equals everything
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(str):
    def __eq__(self, other):
        return True

    def __str__(self):
        return self

    __hash__ = str.__hash__


def add(a, b):
    tried()
    return Yes("no")
