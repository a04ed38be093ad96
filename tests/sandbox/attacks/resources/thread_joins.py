# thread_joins: threads that wait for one another at the end
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import threading, time


def wait():
    while True:
        time.sleep(1)


tried()
threading.Thread(target=wait).start()


def add(a, b):
    return 0
