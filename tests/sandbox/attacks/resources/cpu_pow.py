# cpu_pow: powers of huge integers, inside one C call
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    return pow(3, 10**9)
