# memory_mapped: anonymous and shared mappings
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import mmap

tried()
held = []
try:
    for _ in range(14):
        held.append(mmap.mmap(-1, 50 << 20))
except (OSError, ValueError, MemoryError):
    pass
if len(held) >= 12:
    evidence("600 MB mapped")


def add(a, b):
    return 0
