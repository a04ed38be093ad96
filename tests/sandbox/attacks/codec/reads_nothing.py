# reads_nothing: answers nothing and reads nothing
# slow: sleeps to the wall clock
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import time

loaded()
while True:
    time.sleep(1)
