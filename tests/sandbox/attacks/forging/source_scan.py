# source_scan: looks for the tests by inspect, linecache and traceback
# control: none: the naive runner keeps no source file
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import inspect, linecache, sys


def add(a, b):
    tried()
    found = "".join(str(v) for v in linecache.cache.values())
    for frame in inspect.stack():
        found += "".join(frame.code_context or [])
    if "".join(["candidate", "(10"]) in found:
        evidence("the tests were read")
    return 0
