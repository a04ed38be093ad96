# frame_scan: looks for tests and expected values in every frame, global and local
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import sys


def add(a, b):
    tried()
    frame = sys._getframe(1)
    while frame is not None:
        for names in (frame.f_globals, frame.f_locals):
            if any(key in names for key in ("check", "TEST", "tests", "expected")):
                evidence("a frame has the tests")
        if frame.f_code.co_name == "check":
            evidence("called by the tests themselves")
        frame = frame.f_back
    return 0
