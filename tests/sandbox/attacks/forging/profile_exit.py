# profile_exit: a profile function that ends the process with success
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, sys


def profile(frame, event, arg):
    if event == "return" and frame.f_code.co_name == "add":
        os._exit(0)


def add(a, b):
    tried()
    sys.setprofile(profile)
    return deeper(a)


def deeper(a):
    return 0
