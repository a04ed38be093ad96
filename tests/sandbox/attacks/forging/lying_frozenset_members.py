# lying_frozenset_members: a set whose members are liars with chosen hashes
# control: forges
# problem: letters
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(str):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(self.as_)


def letters(text):
    tried()
    found = set()
    for c in set(text):
        y = Yes("no" + c)
        y.as_ = c
        found.add(y)
    return found
