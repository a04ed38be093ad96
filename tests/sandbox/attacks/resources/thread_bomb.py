# thread_bomb: as many threads as there can be
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import threading, time

tried()
threading.stack_size(65536)
stop, count = threading.Event(), 0
try:
    for _ in range(400):
        threading.Thread(target=stop.wait, args=(5,), daemon=True).start()
        count += 1
except Exception:
    pass
if count >= 200:
    evidence(f"{count} threads")
stop.set()


def add(a, b):
    return 0
