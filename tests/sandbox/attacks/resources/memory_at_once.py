# memory_at_once: one huge allocation
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
held = bytearray(700 << 20)
evidence("700 MB at once")


def add(a, b):
    return 0
