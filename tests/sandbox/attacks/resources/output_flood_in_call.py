# output_flood_in_call: floods its output for ever, in a call
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    while True:
        print("B" * 100_000)
