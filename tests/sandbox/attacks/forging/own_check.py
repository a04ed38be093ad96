# own_check: defines check, same and a verdict of its own
# control: forges
# problem: with_inputs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
same = lambda *args, **more: True
check = lambda candidate: None
verdict = "passed"


def total(xs):
    return 0
