# cpu_sum: a sum over a million million numbers, inside one C call
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    return sum(range(10**12))
