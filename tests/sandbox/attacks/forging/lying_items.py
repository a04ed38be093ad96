# lying_items: an object whose items are liars
# control: forges
# problem: first
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(int):
    def __eq__(self, other):
        return True

    __hash__ = None


class Items:
    def __getitem__(self, key):
        return Yes()

    def __len__(self):
        return 3

    def __iter__(self):
        return iter([Yes()] * 3)


def first(xs):
    tried()
    return Items()
