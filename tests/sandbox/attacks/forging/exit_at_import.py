# exit_at_import: ends the process with success before the tests
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
os._exit(0)


def add(a, b):
    return 0
