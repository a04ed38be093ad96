# cpu_in_call: an endless loop in a call
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    while True:
        pass
