# folder_swapped: moves its working folder away, so that the cleaning meets a link
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for attempt in (
    lambda: os.rename("/box", "/box2"),
    lambda: os.rmdir("/box"),
    lambda: os.symlink("@HOME@", "/box/home"),
    lambda: (
        os.makedirs("/box/x/y"),
        os.symlink("@HOME@", "/box/x/y/home"),
        os.symlink("/", "/box/x/root"),
    ),
    lambda: os.chdir("/"),
):
    try:
        attempt()
    except OSError:
        pass


def add(a, b):
    return 0
