# socket_families: sockets of every family and kind
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import socket

tried()
for family in range(0, 50):
    for kind in (1, 2, 3, 5):
        try:
            socket.socket(family, kind).close()
            evidence(f"socket {family}/{kind}")
        except OSError:
            continue
        break


def add(a, b):
    return 0
