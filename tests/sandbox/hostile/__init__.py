"""Programs that attack whoever runs them. Each is an answer to `add`, none computes it.

An attack that gets somewhere prints a line that begins with EVIDENCE. `@HOME@`, `@DROP@`, `@PORT@` and
`@SOCKET@` stand for a folder with a precious file, a folder anyone may write to, a port and an abstract
socket that listen (range.py). `control` says where the same attack has to succeed, so that a test of
it can fail: `in-process` with its tests in its own process, `unprotected` without
walls (`unprotected-changes` where it changes something). Only the standard library is used here, for the whole set also runs as other users do.
"""

from __future__ import annotations

from dataclasses import dataclass

ADD_TEST = """def check(candidate):
    assert candidate(2, 3) == 5
    assert candidate(-1, 1) == 0
    assert candidate(10, 20) == 30
"""


@dataclass(frozen=True)
class Attack:
    name: str
    program: str
    control: str = ""
    test: str = ADD_TEST
    canonical: str = "def add(a, b):\n    return a + b\n"
    inputs: str = ""
