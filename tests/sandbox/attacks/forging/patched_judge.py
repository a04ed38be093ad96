# patched_judge: replaces the judge's functions found in its own process
# control: none: patches the sandbox's own code
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import gc, sys, types

tried()
for name, module in list(sys.modules.items()):
    if name.startswith("inside"):
        for key, value in list(vars(module).items()):
            if key in ("same", "decide", "_examine", "_compare", "explain", "show"):
                setattr(module, key, lambda *args, **more: ("passed", "", ""))


def add(a, b):
    return 0
