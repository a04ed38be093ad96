# patched_builtins: replaces the built-in functions that tests use
# control: forges
# problem: with_all
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import builtins

tried()
builtins.all = lambda values: True
builtins.sorted = lambda values, **more: 0
builtins.isinstance_ = builtins.len


def double(x):
    return 0
