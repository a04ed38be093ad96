# stop_in_map: StopIteration out of a call ends the test's loop
# control: forges
# problem: mapped
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def double(x):
    tried()
    raise StopIteration
