# lying_generator: a generator of liars
# control: forges
# problem: countdown
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(int):
    def __eq__(self, other):
        return True

    __hash__ = None


def countdown(n):
    tried()
    for _ in range(n):
        yield Yes()
