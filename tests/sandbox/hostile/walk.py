"""Let the whole set loose on the sandbox of this machine, and say what got anywhere.

    python -m tests.sandbox.hostile.walk [--uid N] [--without landlock|namespaces|mounts] [--more FOLDER]

`--without` takes the feature away for real: a system-call filter answers as a kernel without it would.
Prints JSON: {"tier", "attacks", "found": [...]}.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import struct
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hornbook.records import Completion, Problem
from hornbook.sandbox import Limits, Sandbox, open_sandbox
from tests.sandbox.hostile import Attack
from tests.sandbox.hostile.codec import ATTACKS_ON_THE_CODEC
from tests.sandbox.hostile.escape import ESCAPES
from tests.sandbox.hostile.forging import FORGERIES
from tests.sandbox.hostile.range import Range
from tests.sandbox.hostile.resources import QUICK, SLOW

ATTACKS = (*FORGERIES, *ATTACKS_ON_THE_CODEC, *QUICK, *SLOW, *ESCAPES)
LIMITS = Limits(cpu_seconds=1, wall_seconds=2.5)
# Only a mount namespace hides these (docs/sandbox.md).
SEEN_IN_TIER_C = {"names-this-machine"}
_REFUSED = {
    "landlock": [(444, 38)],
    "namespaces": [(272, 1), (165, 1)],
    "mounts": [(165, 1)],
}


def problem_of(attack: Attack, number: int = 0) -> Problem:
    return Problem(
        task_id=f"attack/{number}",
        benchmark="hostile",
        label="public",
        family="hostile",
        prompt="",
        entry_point="add",
        canonical_solution=attack.canonical,
        test=attack.test,
        inputs=attack.inputs,
        trusted=number % 2 == 0,  # a kept judge and a fresh one
    )


def answer(text: str) -> Completion:
    return Completion("c", "attack", "hostile", "hostile", text, 0, "")


def more_from(folder: Path) -> list[Attack]:
    """A folder of whole programs as attacks."""
    return [Attack(path.stem, path.read_text()) for path in sorted(folder.glob("*.py"))]


def walk(attacks: list[Attack], tier: str) -> list[str]:
    """Every attack is judged, with a right and a wrong answer after it, and run alone."""
    place = Range()
    own = threading.local()
    opened: list[Sandbox] = []

    def try_one(numbered: tuple[int, Attack]) -> list[str]:
        if not hasattr(own, "sandbox"):
            own.sandbox = open_sandbox()
            opened.append(own.sandbox)
        return list(_look(own.sandbox, *numbered, place, tier))

    try:
        # Many of them sleep, so there may be more at once than cores.
        with ThreadPoolExecutor(6) as threads:
            found = [line for lines in threads.map(try_one, enumerate(attacks)) for line in lines]
        for sandbox in opened:
            sandbox.close()
        survivors = [f"a process lives on: {pid}" for pid in place.survivors()]
        return [*found, *place.effects(), *survivors]
    finally:
        place.close()


def _look(sandbox: Sandbox, number: int, attack: Attack, place: Range, tier: str) -> Iterator[str]:
    problem, program = problem_of(attack, number), place.ready(attack.program)
    mine = sandbox.judge(problem, answer(program), LIMITS)
    if mine.passed or mine.verdict == "infrastructure_error":
        yield f"{attack.name}: {mine.verdict} ({mine.reason})"
    plain = problem_of(Attack("", ""), number)
    right = sandbox.judge(plain, answer("def add(a, b): return a + b\n"), LIMITS)
    wrong = sandbox.judge(plain, answer("def add(a, b): return 4\n"), LIMITS)
    if not right.passed or wrong.verdict != "failed":
        yield f"after {attack.name}: {right.verdict} ({right.reason}), {wrong.verdict}"
    outcome = sandbox.run(program, LIMITS)
    if "EVIDENCE" in outcome.output and not (tier == "C" and attack.name in SEEN_IN_TIER_C):
        yield f"{attack.name}: {outcome.output[:200]!r}"
    if outcome.status == "infrastructure_error" or "\x1b" in outcome.output:
        yield f"{attack.name} alone: {outcome}"


def refuse(calls: list[tuple[int, int]]) -> None:
    """From here on these system calls fail with these errors, in every child too."""
    steps = [(0x20, 0, 0, 0)]
    for number, error in calls:
        steps += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error)]
    code = b"".join(struct.pack("<HBBI", *step) for step in [*steps, (0x06, 0, 0, 0x7FFF0000)])
    held = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(
        struct.pack("@HP", len(code) // 8, ctypes.addressof(held)), struct.calcsize("@HP")
    )
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)
    if libc.prctl(22, 2, ctypes.c_void_p(ctypes.addressof(head)), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--uid", type=int)
    parser.add_argument("--without", choices=list(_REFUSED))
    parser.add_argument("--more", type=Path)
    options = parser.parse_args()
    if options.uid is not None:
        os.setgroups([])
        os.setgid(options.uid)
        os.setuid(options.uid)
    if options.without:
        refuse(_REFUSED[options.without])
    os.environ["SECRET_TOKEN"] = "CANARY-ENV"
    sandbox = open_sandbox()
    sandbox.close()
    attacks = [*ATTACKS, *(more_from(options.more) if options.more else [])]
    found = walk(attacks, sandbox.tier)
    json.dump({"tier": sandbox.tier, "attacks": len(attacks), "found": found}, sys.stdout)


if __name__ == "__main__":
    main()
