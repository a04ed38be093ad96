# memory_slowly: memory, a megabyte at a time, errors swallowed
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
held = []
for _ in range(700):
    try:
        held.append(bytearray(1 << 20))
    except MemoryError:
        break
if len(held) >= 600:
    evidence(f"{len(held)} MB slowly")


def add(a, b):
    return 0
