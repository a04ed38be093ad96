# lock_forever: waits for a lock that it holds
# control: hangs
# slow: sleeps to the wall clock
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import threading


def add(a, b):
    tried()
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
