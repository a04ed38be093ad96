# listens: waits for connections itself
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import socket

tried()
for family, address in (
    (socket.AF_INET, ("127.0.0.1", 0)),
    (socket.AF_UNIX, "\0hostile-listener"),
    (socket.AF_UNIX, "./listener"),
):
    try:
        line = socket.socket(family)
        line.bind(address)
        line.listen()
        evidence(f"listens on {address!r}")
    except OSError:
        pass


def add(a, b):
    return 0
