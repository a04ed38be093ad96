# closes_the_line: closes its line and lives on
# slow: sleeps to the wall clock
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, time

loaded()
for fd in range(3):
    os.close(fd)
time.sleep(60)
