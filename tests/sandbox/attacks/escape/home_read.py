# home_read: reads the user's files
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for name in (".netrc", "victim.txt", "keep/k.txt"):
    try:
        with open("@HOME@/" + name) as file:
            evidence(f"read {name}: {file.read()[:20]}")
    except OSError:
        pass
for folder in ("@HOME@", "@HOME@/keep"):
    try:
        if os.listdir(folder):
            evidence(f"listed {folder}")
    except OSError:
        pass
for folder in ("/root", "/home"):  # folders may stand there that lead to Python, but no files
    try:
        for name in os.listdir(folder):
            if not os.path.isdir(f"{folder}/{name}"):
                evidence(f"sees {folder}/{name}")
    except OSError:
        pass


def add(a, b):
    return 0
