# sleep_forever: sleeps
# control: hangs
# slow: sleeps to the wall clock
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import time


def add(a, b):
    tried()
    time.sleep(10**6)
