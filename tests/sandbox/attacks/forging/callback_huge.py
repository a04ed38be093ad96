# callback_huge: gives the test's function what makes a reply too large to send
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(int):
    __eq__ = lambda self, other: True
    __hash__ = None


def apply(f, x):
    tried()
    try:
        f("x" * 17_000_000)
    except Exception:
        pass
    return Yes()
