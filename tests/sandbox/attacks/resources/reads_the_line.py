# reads_the_line: reads descriptor 0, and with it what the judge says
# control: hangs
# slow: sleeps to the wall clock
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
while os.read(0, 65536):
    pass


def add(a, b):
    return 0
