# lying_dict: a dict that equals everything and has every key
# control: forges
# problem: counts
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(dict):
    def __eq__(self, other):
        return True

    def __getitem__(self, key):
        return self

    def __contains__(self, key):
        return True

    def items(self):
        return []

    def keys(self):
        return [self]


def counts(text):
    tried()
    return Yes()
