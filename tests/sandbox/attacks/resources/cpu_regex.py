# cpu_regex: a regular expression that backtracks, inside one C call
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import re


def add(a, b):
    tried()
    re.match("(a|a)*$", "a" * 60 + "b")
    return 0
