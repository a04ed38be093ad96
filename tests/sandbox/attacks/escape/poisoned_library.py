# poisoned_library: overwrites the standard library and its compiled files
# control: none: the naive runner's interpreter is not writable either
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import importlib.util, json, os, sys

tried()
for module in (json, os, sys.modules["json.decoder"]):
    for path in (
        module.__file__,
        importlib.util.cache_from_source(module.__file__),
        os.path.dirname(module.__file__) + "/hostile.py",
    ):
        for flags in (os.O_WRONLY, os.O_WRONLY | os.O_CREAT, os.O_RDWR | os.O_TRUNC):
            try:
                os.close(os.open(path, flags))
                evidence(f"opened {path} to write")
            except OSError:
                pass
        for attempt in (
            lambda: os.truncate(path, 0),
            lambda: os.rename(path, path + "x"),
            lambda: os.unlink(path),
        ):
            try:
                attempt()
                evidence(f"changed {path}")
            except OSError:
                pass


def add(a, b):
    return 0
