# disk_names: hard and symbolic links without number
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
count = 0
for folder in (".", "/tmp"):
    try:
        open(f"{folder}/one", "w").close()
        for n in range(800):
            os.link(f"{folder}/one", f"{folder}/link{n}")
            count += 1
    except OSError:
        pass
    try:
        for n in range(800):
            os.symlink("one", f"{folder}/sym{n}")
            count += 1
    except OSError:
        pass
if count > 700:
    evidence(f"{count} links")


def add(a, b):
    return 0
