# memory_pipes: memory in pipes and sockets, outside every limit on address space
# control: none: pipes are limited by the kernel everywhere
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import fcntl, os, socket

tried()
size, held = 0, []
try:
    while True:
        read, write = os.pipe()
        held.append((read, write))
        try:
            fcntl.fcntl(write, 1031, 1 << 20)
        except OSError:
            pass
        os.set_blocking(write, False)
        try:
            while True:
                size += os.write(write, bytes(65536))
        except OSError:
            pass
except OSError:
    pass
if size > 100 << 20:
    evidence(f"{size >> 20} MB in pipes")


def add(a, b):
    return 0
