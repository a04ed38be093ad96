# exit_in_call: ends the process with success in the first call
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os


def add(a, b):
    tried()
    os._exit(0)
