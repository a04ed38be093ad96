# length_zero: frames of no bytes
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    raw(bytes(4))
