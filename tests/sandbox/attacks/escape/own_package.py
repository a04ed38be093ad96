# own_package: reads this program, its tests and its package folder
# control: none: the naive runner hides nothing
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for path in (
    "@PACKAGE@/outcome.py",
    "@PACKAGE@/inside/judge.py",
    "@TESTS@/hostile_problems.py",
    "@TESTS@",
):
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            open(path).close()
        evidence(f"read {path}")
    except OSError:
        pass


def add(a, b):
    return 0
