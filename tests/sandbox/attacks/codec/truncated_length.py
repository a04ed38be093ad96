# truncated_length: two bytes of a length, then the end
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

loaded()
for request in calls():
    raw(b"\x05\x00")
    os._exit(0)
