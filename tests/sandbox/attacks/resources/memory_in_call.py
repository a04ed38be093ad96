# memory_in_call: a MemoryError in the middle of a call
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    return [[0] * 10**8 for _ in range(100)]
