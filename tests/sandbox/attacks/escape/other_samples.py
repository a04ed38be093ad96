# other_samples: looks for files of other checks, results and caches
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
seen = 0
for top in ("/tmp", "/var/tmp", "/dev/shm", "/box", "/run", "/srv", "/mnt", "/opt", "@HOME@"):
    for folder, folders, files in os.walk(top):
        for name in files:
            evidence(f"sees {folder}/{name}")
            seen += 1
        if seen > 3:
            break
    if seen > 3:
        break


def add(a, b):
    return 0
