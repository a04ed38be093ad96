# length_huge: a frame that announces two gigabytes
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    raw(b"\xff\xff\xff\x7f" + b"{}" * 1000)
