# host_name: asks the kernel for the host's name
# control: evidence
# tiers: AB
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, platform, socket

tried()
for name in (os.uname().nodename, platform.node(), socket.gethostname()):
    if name not in ("sandbox", "localhost", "(none)", ""):
        evidence(f"host name {name}")


def add(a, b):
    return 0
