# growing_list: a list that grows while it is read
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import threading

held = [0]


def grow():
    while len(held) < 3_000_000:
        held.append(held)


def add(a, b):
    tried()
    threading.Thread(target=grow, daemon=True).start()
    return held
