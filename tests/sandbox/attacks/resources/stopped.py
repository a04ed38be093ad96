# stopped: stops itself
# control: hangs
# slow: sleeps to the wall clock
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, signal, time

tried()
os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(60)
