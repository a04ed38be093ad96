# names_resolved: asks for addresses of names
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import socket

tried()
for name in ("localhost", "metadata.google.internal", "example.com"):
    try:
        socket.getaddrinfo(name, 80)
        evidence(f"resolved {name}") if name != "localhost" else None
    except OSError:
        pass
try:
    socket.if_nameindex() and evidence("listed the network's interfaces")
except OSError:
    pass


def add(a, b):
    return 0
