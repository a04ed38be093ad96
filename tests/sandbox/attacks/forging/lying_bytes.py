# lying_bytes: bytes that equal everything
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(bytes):
    def __eq__(self, other):
        return True

    def __getitem__(self, key):
        return self

    __hash__ = bytes.__hash__


def add(a, b):
    tried()
    return Yes(b"no")
