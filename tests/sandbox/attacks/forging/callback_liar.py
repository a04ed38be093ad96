# callback_liar: calls the test's function with liars
# problem: apply
# control: none: the function of the test computes, it does not judge
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(int):
    __eq__ = __add__ = __mul__ = lambda self, other: self
    __hash__ = None


def apply(f, x):
    tried()
    return f(Yes(3))
