# magic_links: descriptors of folders, /proc links and openat2 that walk out
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for path in (
    "/proc/self/root/etc/passwd",
    "/proc/self/cwd/../etc/passwd",
    "/dev/fd/0",
    "/dev/stdin",
    "/proc/1/root/etc/passwd",
):
    try:
        os.close(os.open(path, os.O_RDONLY))
        evidence(f"opened {path}")
    except OSError:
        pass
try:
    fd = os.open("/", os.O_RDONLY)
    os.close(os.open("../../../etc/passwd", os.O_RDONLY, dir_fd=fd))
    evidence("walked above the root")
except OSError:
    pass


def add(a, b):
    return 0
