# links_out: symbolic links, hard links and renames that try to leave the scratch folder
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for words, attempt in (
    ("symlink to home", lambda: (os.symlink("@HOME@/.netrc", "a"), open("a").read())),
    ("symlink to folder", lambda: (os.symlink("@HOME@", "b"), os.listdir("b"))),
    ("write by symlink", lambda: (os.symlink("@DROP@/x", "c"), open("c", "w").close())),
    ("hard link", lambda: os.link("@HOME@/victim.txt", "d")),
    ("rename out", lambda: (open("e", "w").close(), os.rename("e", "@DROP@/e"))),
    ("rename in", lambda: os.rename("@HOME@/victim.txt", "f")),
    ("up and away", lambda: (os.mkdir("g"), os.rename("g", "../g2"))),
    ("dots", lambda: open("../" * 20 + "etc/passwd").read()),
):
    os.chdir("/box" if os.path.isdir("/box") else "@HOME@/keep")
    try:
        attempt()
        evidence(words)
    except OSError:
        pass


def add(a, b):
    return 0
