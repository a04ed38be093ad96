# exec_program: replaces itself by another program
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, sys

tried()
for path in ("/bin/sh", "/usr/bin/env", sys.executable):
    try:
        os.execve(path, [path, "-c", "echo EVIDENCE:exec; import os"], {})
    except OSError:
        pass


def add(a, b):
    return 0
