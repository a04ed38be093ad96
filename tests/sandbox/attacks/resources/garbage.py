# garbage: garbage that the collector can't finish
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import gc


class Node:
    def __del__(self):
        Node().self = self


tried()
gc.disable()
for _ in range(100_000):
    node = Node.__new__(Node)
    node.other = node


def add(a, b):
    return 0
