# exec_from_memory: runs a program from memory and from the scratch folder
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

tried()
libc = ctypes.CDLL(None)
script = b"#!/bin/sh\necho EVIDENCE:exec from memory\n"
try:
    fd = os.memfd_create("x", 0)
    os.write(fd, script)
    os.execve(fd, ["x"], {})
except OSError:
    pass
for folder in (".", "/tmp"):
    try:
        fd = os.open(f"{folder}/run", os.O_CREAT | os.O_WRONLY, 0o755)
        os.write(fd, script)
        os.close(fd)
        os.execve(f"{folder}/run", ["x"], {})
    except OSError:
        pass


def add(a, b):
    return 0
