"""Facts about tests that mean harm: they decide their own verdicts, but the machine is out of reach.

Whoever runs a stranger's problems runs the stranger's code in the judge; it is shut in as well.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hornbook.errors import SandboxUnavailable
from hornbook.records import Completion
from hornbook.sandbox import Limits, SplitSandbox, open_sandbox
from tests.sandbox.canaries import Range
from tests.sandbox.hostile_range import PATIENT, PRELUDE, PROBLEMS, Attack, attacks

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hostile programs are for Linux")

RIGHT = Completion("c", "hostile/add", "hostile", "", "def add(a, b):\n    return a + b\n", 1, "")
LIMITS = Limits(cpu_seconds=1, wall_seconds=3)
UNLIMITED = "no RLIMIT_CPU"
"""A judge's own processor time is bounded by the wall clock alone (sandbox.md)."""
_TOLD = """
FOUND, _to_all = [], evidence
def evidence(words):
    FOUND.append(str(words))
    _to_all(words)
"""
_CHECK = """
def check(candidate):
    assert not FOUND, "EVIDENCE: " + ascii(FOUND[:9])
    assert candidate(2, 3) == 5
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SplitSandbox, Range]]:
    try:
        sandbox = open_sandbox()
    except SandboxUnavailable as error:
        pytest.skip(f"this kernel holds nothing back: {error}")
    base = tmp_path_factory.mktemp("range")
    os.environ["SECRET_TOKEN"] = "CANARY-ENV"
    aim = Range(base / "one")
    yield sandbox, aim
    del os.environ["SECRET_TOKEN"]
    aim.close()
    sandbox.close()


def chosen() -> list[Attack]:
    return [
        each
        for each in attacks()
        if each.group in ("escape", "resources")
        and each.runs_here
        and not each.slow
        and each.control != "hangs"
        and not re.search("in_call|memory_|archive|import_bomb|flood", each.name)
    ]


@pytest.mark.parametrize("attack", chosen(), ids=lambda attack: attack.name)
def test_a_hostile_test_reaches_nothing(place: tuple[SplitSandbox, Range], attack: Attack) -> None:
    """Neither files nor processes nor the network; and the next check is judged rightly."""
    sandbox, aim = place
    if sandbox.tier not in attack.tiers:
        pytest.skip(f"known and said of tier {sandbox.tier}")
    code = attack.code.replace("def add(", "def unused(")
    test = aim.at(PRELUDE + _TOLD + code + _CHECK, attack.name)
    problem = replace(PROBLEMS["add"], test=test, trusted=False)
    verdict = sandbox.judge(problem, RIGHT, LIMITS)
    assert verdict.verdict in ("passed", "failed", "memory", "timed_out")
    assert "EVIDENCE" not in verdict.reason.replace(f"EVIDENCE: ['{UNLIMITED}']", "")
    assert aim.touched() == []
    assert sandbox.judge(PROBLEMS["add"], RIGHT, PATIENT).passed


def test_a_hostile_test_can_not_reach_the_next_problems(
    place: tuple[SplitSandbox, Range], tmp_path: Path
) -> None:
    """A judge that ran a stranger's tests is not kept."""
    sandbox, _ = place
    test = "import json, builtins\njson.HOSTILE = builtins.len = 1\ndef check(candidate): pass\n"
    look = "import json\ndef check(candidate):\n    assert not hasattr(json, 'HOSTILE') and len('ab') == 2\n"
    stranger = replace(PROBLEMS["add"], test=test, trusted=False)
    assert sandbox.judge(stranger, RIGHT, PATIENT).passed
    for trusted in (True, False):
        after = replace(PROBLEMS["add"], test=look, trusted=trusted)
        assert sandbox.judge(after, RIGHT, PATIENT).passed
