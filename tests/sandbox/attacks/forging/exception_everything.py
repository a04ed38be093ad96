# exception_everything: its error class is a built-in ancestor of all errors
# control: forges
# problem: refuses
# expect: marked
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
TooSmall = Exception


def refuse(n):
    tried()
    return n
