# memory_file: memory by files without a name
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
size, held = 0, []
try:
    for n in range(8):
        fd = os.memfd_create(f"m{n}")
        held.append(fd)
        for _ in range(10):
            size += os.write(fd, bytes(1 << 20))
except OSError:
    pass
if size > 40 << 20:
    evidence(f"{size >> 20} MB in nameless files")


def add(a, b):
    return 0
