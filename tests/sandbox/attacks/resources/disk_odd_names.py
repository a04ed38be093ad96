# disk_odd_names: files with names that no text can hold
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for name in (b"\xff\xfe", b"\n", b"-rf", b"...", b"a" * 255, b"\x1b[2J"):
    try:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError:
        pass


def add(a, b):
    return 0
