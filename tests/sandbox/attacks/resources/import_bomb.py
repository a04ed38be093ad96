# import_bomb: imports every module there is
# control: none: nothing to see but time
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import pkgutil, sys

tried()
for found in pkgutil.iter_modules():
    if found.name in (
        "antigravity",
        "this",
        "idlelib",
        "turtledemo",
        "test",
        "tkinter",
        "__phello__",
    ):
        continue
    try:
        __import__(found.name)
    except BaseException:
        pass


def add(a, b):
    return 0
