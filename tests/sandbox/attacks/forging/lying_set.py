# lying_set: a set that equals everything
# control: forges
# problem: letters
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(set):
    def __eq__(self, other):
        return True

    def __le__(self, other):
        return True

    def __ge__(self, other):
        return True

    def __xor__(self, other):
        return set()


def letters(text):
    tried()
    return Yes()
