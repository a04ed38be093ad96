# memory_strings: many strings in a call, while it catches MemoryError and goes on
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    held, size = [], 0
    for n in range(10_000, 16_000):
        try:
            held.append(str(n) * 20_000)
        except MemoryError:
            continue
        size += len(held[-1])
    if size > 540 << 20:
        evidence(f"{size >> 20} MB of strings")
    return 0
