# hostile_dunders: every special method of its result ends the process with success
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os


class Bad:
    pass


for name in "repr str len iter hash index float int bool reduce reduce_ex getattr format eq ne lt dir next complex bytes".split():
    setattr(Bad, f"__{name}__", lambda self, *args, **more: os._exit(0))


def add(a, b):
    tried()
    return Bad()
