# audit_exit: an audit hook that ends the process with success at the next exec or compile
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, sys


def hook(event, args):
    if event in ("exec", "compile", "marshal.loads"):
        os._exit(0)


tried()


def add(a, b):
    return 0


sys.addaudithook(hook)
