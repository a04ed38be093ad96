# bus_error: touches a mapping behind the end of its file
# control: dies
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import mmap, os


def add(a, b):
    tried()
    with open("bus" if os.access(".", os.W_OK) else "/tmp/bus", "w+b") as file:
        file.truncate(8192)
        held = mmap.mmap(file.fileno(), 8192)
        file.truncate(0)
        return held[5000]
