# daemon: a grandchild in a session of its own that outlives everything
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, time

tried()
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.5)
            evidence("the daemon lives")
        os._exit(0)
    time.sleep(0.8)
except OSError:
    pass


def add(a, b):
    return 0
