# cpu_text: an integer of a million digits as text
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import sys


def add(a, b):
    tried()
    sys.set_int_max_str_digits(0)
    return len(str(7**30_000_000))
