# zygote_lines: looks for the sockets of whoever made it, and speaks to them
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import json, os, socket

tried()
for fd in range(1, 1024):
    try:
        line = socket.socket(fileno=fd)
    except OSError:
        continue
    evidence(f"descriptor {fd} is a socket")
    try:
        os.write(
            fd, json.dumps({"fork": "program", "cpu_seconds": 9, "memory_mb": 9}).encode() + b"\n"
        )
    except OSError:
        pass
try:
    os.write(0, b'{"end": ["judge", "solution"]}\n')
except OSError:
    pass


def add(a, b):
    return 0
