# patched_codec: replaces pack and unpack by functions that make liars
# control: none: patches the sandbox's own code
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import sys

tried()


class Yes(int):
    __eq__ = lambda self, other: True
    __hash__ = None


for name, module in list(sys.modules.items()):
    if name.startswith("inside"):
        for key in ("pack", "unpack", "_pack_rare"):
            if hasattr(module, key):
                setattr(module, key, lambda *args, **more: {"v": Yes()})


def add(a, b):
    return 0
