# other_packages: imports packages that were installed for others
# control: none: depends on what is installed
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import sys

tried()
for name in ("hornbook", "numpy", "pytest", "pip", "setuptools", "psutil", "hypothesis", "torch"):
    try:
        __import__(name)
        evidence(f"imported {name}")
    except ImportError:
        pass
for path in list(sys.path):
    for folder in ("site-packages", "dist-packages"):
        import os

        try:
            if os.listdir(os.path.join(path, folder)):
                evidence(f"listed {path}/{folder}")
        except OSError:
            pass


def add(a, b):
    return 0
