# truncated_frame: half a frame, then the end
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

loaded()
for request in calls():
    raw((100).to_bytes(4, "little") + b'{"id":')
    os._exit(0)
