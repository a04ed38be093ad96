# disk_forbidden_tree: folders that nobody may enter, and files nobody may read
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
try:
    os.umask(0o777)
    os.makedirs("a/b/c", 0)
except OSError:
    pass
try:
    os.mkdir("locked", 0)
    os.close(os.open("unreadable", os.O_CREAT | os.O_WRONLY, 0))
except OSError:
    pass


def add(a, b):
    return 0
