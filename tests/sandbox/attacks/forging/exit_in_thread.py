# exit_in_thread: a thread ends the process with success while a call waits
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, threading, time


def add(a, b):
    tried()
    threading.Thread(target=lambda: (time.sleep(0.05), os._exit(0))).start()
    time.sleep(0.5)
    return 0
