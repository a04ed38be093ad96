# length_negative: a length with every bit set
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    raw(b"\xff\xff\xff\xff" + b"{}" * 1000)
