# home_changed: writes, empties, moves and removes the user's files
# control: home
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, shutil

tried()
for attempt in (
    lambda: open("@HOME@/victim.txt", "w").close(),
    lambda: os.truncate("@HOME@/victim.txt", 0),
    lambda: open("@HOME@/new.txt", "w").close(),
    lambda: os.mkdir("@HOME@/new"),
    lambda: os.symlink("x", "@HOME@/link"),
    lambda: os.rename("@HOME@/victim.txt", "@HOME@/v"),
    lambda: os.unlink("@HOME@/keep/k.txt"),
    lambda: os.mkfifo("@HOME@/fifo"),
    lambda: shutil.rmtree("@HOME@"),
    lambda: open("@DROP@/here", "w").close(),
):
    try:
        attempt()
    except OSError:
        pass


def add(a, b):
    return 0
