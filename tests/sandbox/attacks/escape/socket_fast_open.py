# socket_fast_open: data with the first packet, without a call to connect
# control: connections
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import socket

tried()
try:
    line = socket.socket()
    line.sendto(
        b"x",
        socket.MSG_FASTOPEN if hasattr(socket, "MSG_FASTOPEN") else 0x20000000,
        ("127.0.0.1", 18999),
    )
    evidence("sent")
except OSError:
    pass
for fd in range(3):
    try:
        socket.socket(fileno=fd).sendto(b"x", "\0canary-socket")
        evidence(f"sent by descriptor {fd}")
    except OSError:
        pass


def add(a, b):
    return 0
