# proc_others: looks for tokens and command lines of other processes
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import glob, os

tried()
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        continue
    if b"CANARY-ENV" in text:
        evidence(f"token in {path}")
    if text:
        evidence(f"read {path}")


def add(a, b):
    return 0
