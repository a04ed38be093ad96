# descriptors_exhausted: opens descriptors until there are none
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
held = []
try:
    for _ in range(400):
        held.append(os.dup(1))
except OSError:
    pass
if len(held) > 100:
    evidence(f"{len(held)} descriptors")


def add(a, b):
    return 0
