# cpu_threads: threads that all spin
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import threading


def spin():
    while True:
        pass


tried()
for _ in range(8):
    threading.Thread(target=spin).start()
