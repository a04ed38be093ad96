# stop_forged_in_map: answers a call with the end of an iterator
# problem: mapped
# control: none: patches the sandbox's own protocol
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import sys

harness = sys.modules["inside.solution"].Solution
work = harness._work


def liar(self, request):
    tried()
    return {"stop": 1}


harness._work = liar


def double(x):
    return 0
