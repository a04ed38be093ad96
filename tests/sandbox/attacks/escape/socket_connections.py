# socket_connections: connects to local services, by TCP, by path and by abstract name
# control: connections
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import socket

tried()
for family, address in (
    (socket.AF_INET, ("127.0.0.1", 18999)),
    (socket.AF_UNIX, "@HOME@/canary.sock"),
    (socket.AF_UNIX, "\0canary-socket"),
    (socket.AF_INET, ("169.254.169.254", 80)),
    (socket.AF_INET6, ("::1", 18999)),
):
    try:
        with socket.socket(family) as line:
            line.settimeout(0.2)
            line.connect(address)
            line.send(b"x")
            evidence(f"connected to {address!r}")
    except (OSError, ValueError):
        pass


def add(a, b):
    return 0
