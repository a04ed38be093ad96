# callback_recursion: the test's function and the solution call one another for ever
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def apply(f, x):
    tried()
    return apply(f, f(x)) if f is not apply else 0
