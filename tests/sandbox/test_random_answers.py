"""Facts about answers that no honest solution gives, thousands of them, drawn at random.

The line to the judge is written by hand with messages of every shape: real ids and false ones, tags
that nest, handles, exceptions, ends, questions, changed arguments, and bytes flipped here and there.
None holds a right value, so none may pass; and the judge always comes to a verdict of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hornbook.errors import SandboxUnavailable
from hornbook.records import Completion
from hornbook.sandbox import SplitSandbox, open_sandbox
from tests.sandbox.hostile_range import CODEC_PRELUDE, LIMITS, PATIENT, PRELUDE, PROBLEMS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hostile programs are for Linux")

PROGRAM = """
import random as _random
draw = _random.Random(@SEED@)
TAGS = "t s f d q b B c i r y h j".split()
KINDS = ["function", "iterator", "class", "object", "exception:ValueError", "", "x"]
def plain():
    return draw.choice([77, -9, 10**30, 1.5e300, float("nan"), float("-inf"), None, "q", "", "\\x00", [], {}, -(10**9)])
def value(depth=0):
    if depth > 4 or draw.random() < 0.35: return plain()
    if draw.random() < 0.3: return [value(depth + 1) for _ in range(draw.randrange(4))]
    tag = draw.choice(TAGS)
    if tag in "hj": body = [draw.choice([0, 1, 2, -1, 99, True, "0"]), draw.choice(KINDS)]
    elif tag in "bB": body = draw.choice(["q", "\\xff", "\\u20ac", 9])
    elif tag == "y": body = draw.choice(["str", "object", "list"])
    elif tag == "i": body = draw.choice(["0xffffffffffffffffff", "-0x8000000000000000", "0x9", "x", ""])
    elif tag == "d": body = [[value(depth + 2), value(depth + 2)] for _ in range(draw.randrange(3))]
    elif tag == "q": body = [[value(depth + 2)], draw.choice([None, 1, -1, "1"])]
    else: body = [value(depth + 1) for _ in range(draw.randrange(4))]
    found = {tag: body}
    if draw.random() < 0.05: found[draw.choice(TAGS)] = plain()
    return found
def part(key, token):
    names = ["ValueError", "AssertionError", "SystemExit", "StopIteration", "Exception", "object", "print", "TooSmall", 5]
    if key in ("id", "in"): return draw.choice([token] * 6 + ["0" * 16, None, [token]])
    if key == "e": return [[draw.choice(names) for _ in range(draw.randrange(4))], draw.choice([[value()], [], value()])]
    if key in ("stop", "re"): return 1
    if key == "m": return [value() for _ in range(draw.randrange(4))]
    if key == "a": return draw.choice([[], [value()], [value(), value()], value()])
    if key == "k": return draw.choice([{"d": []}, {"d": [["n", value()]]}, value()])
    if key == "op": return draw.choice(["call", "next", "get", "x"])
    if key == "j": return draw.choice([0, 1, -1, True, None])
    return value()
def message(token):
    shape = draw.choice(["id v", "id v", "id e at", "id stop", "id v m", "in op j a k", "id in v", "v", "id", "id v e stop m", "re v", "id at v", "d id h"])
    return {key: part(key, token) for key in shape.split()}
def bent(data):
    global last
    data, whole = bytearray(data), data
    if draw.random() < 0.1: data[draw.randrange(len(data))] = draw.randrange(256)
    if draw.random() < 0.05: del data[draw.randrange(len(data)) :]
    last = data != whole  # the judge may wait for more: leave, or both would wait
    return bytes(data)
last = False
if @SEED@ % 5: loaded()
for request in calls():
    for _ in range(draw.choice([1, 1, 1, 1, 2, 3])):
        raw(bent(framed(message(request["id"]))))
        if last: _os._exit(0)
"""


@pytest.fixture(scope="module")
def held() -> Iterator[SplitSandbox]:
    try:
        sandbox = open_sandbox()
    except SandboxUnavailable as error:
        pytest.skip(f"this kernel holds nothing back: {error}")
    yield sandbox
    sandbox.close()


def program(seed: int) -> str:
    prelude = PRELUDE.replace("@NAME@", "random").replace("@DROP@", str(Path("/nowhere")))
    return prelude + CODEC_PRELUDE + PROGRAM.replace("@SEED@", str(seed))


@pytest.mark.parametrize(
    "name",
    [
        "add",
        "apply",
        "close",
        "countdown",
        "first",
        "letters",
        "mapped",
        "money",
        "near",
        "pairs",
        "points",
        "refuses",
        "refuses_kinds",
        "round_trip",
        "with_all",
        "with_inputs",
    ],
)
def test_no_random_answer_passes_and_each_gets_a_verdict(held: SplitSandbox, name: str) -> None:
    """Failed, and nothing else; and a right answer passes afterwards."""
    problem = PROBLEMS[name]
    for seed in range(40):
        answer = Completion("c", problem.task_id, "hostile", "", program(seed), 1, "")
        verdict = held.judge(problem, answer, LIMITS)
        # A judge may be made to wait for the rest of a frame.
        assert verdict.verdict in ("failed", "timed_out"), (seed, verdict)
        assert "in the solution's process" not in verdict.reason, (seed, verdict)
    right = Completion("c", problem.task_id, "hostile", "", problem.canonical_solution, 1, "")
    assert held.judge(problem, right, PATIENT).passed
