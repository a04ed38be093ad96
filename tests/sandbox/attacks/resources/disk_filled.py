# disk_filled: fills every folder it may write to
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
size = 0
for folder in (".", "/tmp", "/var/tmp", "/dev/shm", "/run", "@DROP@"):
    try:
        for n in range(8):
            with open(f"{folder}/fill{n}", "wb", buffering=0) as file:
                for _ in range(10):
                    size += file.write(bytes(1 << 20))
    except OSError:
        continue
if size > 40 << 20:
    evidence(f"{size >> 20} MB written")


def add(a, b):
    return 0
