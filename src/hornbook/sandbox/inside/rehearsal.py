"""One check played through in the zygote, so that no child has to do any of it for the first time.

What runs first in a child makes it copy memory: the interpreter specialises code where it lies,
fills caches and free lists. After a rehearsal that has happened, in memory that all children share.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from typing import Any

from . import judge, solution
from .channel import Channel, Closed
from .codec import from_body, to_frames

_TIMES = 24
_SOURCE = "def add(a, b):\n    return a + b\n"
_PROGRAM: dict[str, Any] = {
    "prompt": "def add(a, b):\n",
    "entry_point": "add",
    "setup": "",
    "test": "def check(candidate):\n    assert candidate(2, 3) == 5\n    assert candidate([1], ['x']) == [1, 'x']\n",
    "reference": "",
    "inputs": "",
    "atol": 0.0,
    "objects": "no",
}


class _Paired(Channel):
    """A channel whose other end is played by a function."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        super().__init__(-1)
        self.answers = answers
        self.sent: list[dict[str, Any]] = []

    def send_frames(self, frames: bytes) -> None:
        self.sent.append(from_body(frames[4:]))

    def receive(self) -> dict[str, Any]:
        if not self.answers:
            raise Closed
        return from_body(to_frames(self.answers.pop(0))[4:])


class _Played(_Paired):
    """The judge's channel: every request gets the answer that a right solution gives."""

    def send_frames(self, frames: bytes) -> None:
        request = from_body(frames[4:])
        value: Any = {"h": [0, "function"]}
        if request["op"] == "call":
            value = [1, "x"] if request["a"] == [[1], ["x"]] else 5
        self.answers.append({"id": request["id"], "v": value})


def rehearse() -> None:
    """Play both sides; what they leave in `sys.modules` is what they leave in a child."""
    for _ in range(_TIMES):
        requests: list[dict[str, Any]] = [{"id": "0", "op": "load", "n": "add", "h": -1, "a": []}]
        requests += [
            {"id": "0", "op": "call", "h": 0, "a": args, "k": {"d": []}}
            for args in ([2, 3], [[1], ["x"]])
        ]
        with suppress(Closed):
            solution.Solution(_Paired(requests)).serve(_SOURCE)
        judge.decide(_PROGRAM, _Played([{"ready": 1}]))
    os.urandom(8)
    random.seed(0)
