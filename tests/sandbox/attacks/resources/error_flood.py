# error_flood: floods its error output for ever, from a thread, while calls go on
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, threading


def flood():
    while True:
        os.write(2, b"C" * 65536)


tried()
threading.Thread(target=flood, daemon=True).start()


def add(a, b):
    return 0
