# slow_drip: one byte a second
# slow: sleeps to the wall clock
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import time

loaded()
for request in calls():
    for byte in framed({"id": request["id"], "v": 5}):
        raw(bytes([byte]))
        time.sleep(1)
