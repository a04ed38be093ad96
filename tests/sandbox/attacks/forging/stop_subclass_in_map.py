# stop_subclass_in_map: a subclass of StopIteration, under another name
# control: forges
# problem: mapped
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Harmless(StopIteration):
    pass


Harmless.__name__ = "ValueError"


def double(x):
    tried()
    raise Harmless
