# input_forever: waits for input
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    return len(input()) * 0
