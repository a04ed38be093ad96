"""The range: plants canaries, runs hostile programs against the sandbox, and looks at what is left.

Run as a program of its own (so that a harness that dies is noticed), it needs nothing but Python and
this package:

    python hostile_range.py --out RESULTS.json [--shared FOLDER] [--brief] [--workers 4]

Each program of `attacks/` is told in its first line; the lines after it say `expect` (verdicts besides
failed, timed_out and memory; `marked` is a pass that is stamped forgeable), `problem`, `control`
(elsewhere.py), `slow`, `machine`, `tiers`, `again` (run twice). Then comes a line that keeps anyone from
running the file by accident; only the range takes it out. `@HOME@`, `@DROP@`, `@PACKAGE@` and `@TESTS@`
become paths. `tried()` says that the program came to its attempt, `evidence(words)` that it got through.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import Limits, SplitSandbox, open_sandbox

if __name__ == "__main__":  # beside this file, wherever that was copied
    import hostile_problems
    import traces
    from canaries import Range
else:
    from tests.sandbox import hostile_problems, traces
    from tests.sandbox.canaries import Range

HERE = Path(__file__).resolve().parent
PROBLEMS = hostile_problems.PROBLEMS
ATTACKS = HERE / "attacks"
FUSE = 'raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE\n'
LIMITS = Limits(cpu_seconds=1, wall_seconds=2.5)
PATIENT = Limits(cpu_seconds=5, wall_seconds=20)
_HELD = frozenset(("failed", "timed_out", "memory"))
UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)

PRELUDE = """import os as _os
_write, _open, _close, _name = _os.write, _os.open, _os.close, "@NAME@"
def tried():
    try: _write(1, b"TRIED:@NAME@\\n")
    except OSError: pass
def evidence(words):
    line = ("EVIDENCE:" + str(words) + "\\n").encode("utf-8", "backslashreplace")
    for fd in (1, 2):
        try: _write(fd, line)
        except OSError: pass
    try:
        fd = _open("@DROP@/@NAME@", _os.O_WRONLY | _os.O_CREAT | _os.O_APPEND, 0o644)
        _write(fd, line); _close(fd)
    except OSError: pass
"""
CODEC_PRELUDE = """
import json as _json
_read = _os.read
def _take(size):
    got = b""
    while len(got) < size:
        piece = _read(0, size - len(got))
        if not piece: _os._exit(7)
        got += piece
    return got
def next_request():
    body = b""
    while True:
        size = int.from_bytes(_take(4), "little")
        body += _take(size & 0x7FFFFFFF)
        if not size >> 31: return _json.loads(body)
def calls():
    while True: yield next_request()
def raw(data):
    data = memoryview(data)
    while data: data = data[_write(0, data):]
def framed(message):
    body = _json.dumps(message).encode()
    return len(body).to_bytes(4, "little") + body
def frame(body): raw(len(body).to_bytes(4, "little") + body)
def say(message): raw(framed(message))
def loaded():
    request = next_request()
    tried()
    say({"id": request["id"], "v": {"h": [0, "function"]}})
    return request["id"]
"""
_CALLED = """
for _args in ((2, 3), (-1, 1), (10, 20)):
    try: add(*_args)
    except BaseException as _error: pass
"""


@dataclass(frozen=True)
class Attack:
    """One hostile program."""

    name: str
    group: str
    what: str
    code: str
    problem: str = "add"
    expect: str = ""
    control: str = "none"
    slow: str = ""
    machine: str = ""
    tiers: str = "ABC"
    again: str = ""
    visible: str = ""
    marked: bool = True
    """Does it say `TRIED:` when it comes to its attempt?"""

    @property
    def allowed(self) -> frozenset[str]:
        return _HELD | set(self.expect.split())

    @property
    def runs_here(self) -> bool:
        return not self.machine or platform.machine() == self.machine

    def program(self, aim: Range) -> str:
        """What the sandbox is given, aimed at the canaries of one range."""
        if not self.marked:
            return aim.at(self.code, self.name)
        lead = "    return 0\n" if PROBLEMS[self.problem].prompt else ""
        prelude = PRELUDE + (CODEC_PRELUDE if self.group == "codec" else "")
        return lead + aim.at(prelude + self.code, self.name)


def attacks(folder: Path = ATTACKS) -> list[Attack]:
    """Our own, in the order of their names."""
    return [_attack(path) for path in sorted(folder.glob("*/*.py"))]


def _attack(path: Path) -> Attack:
    head, fuse, code = path.read_text(encoding="utf-8").partition(FUSE)
    if not fuse:
        raise ValueError(f"{path}: the line that keeps it from running by accident is missing")
    lines = [line[2:].split(": ", 1) for line in head.splitlines()]
    (name, what), more = lines[0], dict(lines[1:])
    if name != path.stem or not set(more) <= set(Attack.__dataclass_fields__):
        raise ValueError(f"{path}: {name}, {more}")
    return Attack(name=name, group=path.parent.name, what=what, code=code, **more)


def shared_attacks(folder: Path) -> list[Attack]:
    """Someone else's, without our marks."""
    return [
        Attack(path.stem, "shared", path.stem, path.read_text(encoding="utf-8"), marked=False)
        for path in sorted(folder.glob("h*.py"))
    ]


@dataclass
class Result:
    """What one program did; `faults` is empty where it was held."""

    name: str
    group: str
    verdict: str = ""
    kind: str = ""
    reason: str = ""
    forgeable: bool = False
    seconds: float = 0.0
    tried: bool = False
    faults: list[str] = field(default_factory=list)


class Trial:
    """One sandbox, one range, one program after another."""

    def __init__(self, aim: Range) -> None:
        self.aim = aim
        self.box: SplitSandbox = open_sandbox()

    def run(self, attack: Attack) -> Result:
        result = Result(attack.name, attack.group)
        try:
            for _ in range(2 if attack.again else 1):
                self._attempt(attack, result)
            self._stays_right(result)
        except Exception as error:  # whatever gets out of the sandbox's methods is a fault
            result.faults.append(f"the harness raised {type(error).__name__}: {error}")
            self.box.close()
            self.box = open_sandbox()
        result.faults += self.aim.touched()
        return result

    def _attempt(self, attack: Attack, result: Result) -> None:
        program, problem = attack.program(self.aim), PROBLEMS[attack.problem]
        verdict, output = judged(self.box, problem, program, LIMITS)
        result.verdict, result.kind, result.reason = verdict.verdict, verdict.kind, verdict.reason
        result.forgeable, result.seconds = verdict.forgeable, verdict.seconds
        beside = output is None  # judged beside its tests, where its output is not told
        output = output or ""
        result.tried = not attack.marked or beside or f"TRIED:{attack.name}" in output
        allowed = attack.allowed
        if verdict.verdict not in allowed and not (
            verdict.passed and verdict.forgeable and "marked" in allowed
        ):
            result.faults.append(f"judged {verdict.verdict}: {verdict.reason}")
        if verdict.passed and verdict.forgeable and not allowed & {"marked", "passed"}:
            result.faults.append("the solution chose to be judged beside its tests")
        if verdict.seconds > LIMITS.wall_seconds + 3:
            result.faults.append(f"took {verdict.seconds} s")
        if not result.tried:
            result.faults.append("it never came to its attempt")
        self._outputs(result, verdict, output)
        if verdict.seconds < 1 and attack.problem == "add" and attack.group != "codec":
            outcome = self.box.run(program + _CALLED, LIMITS)
            if outcome.status == "infrastructure_error":
                result.faults.append(f"alone: {outcome.reason}")
            self._outputs(result, outcome, outcome.output)
            if UNSEEN.search(outcome.output):
                result.faults.append("a control character in the output that people see")

    def _outputs(self, result: Result, told: Any, output: str) -> None:
        evidence = [line for line in output.splitlines() if line.startswith("EVIDENCE:")]
        result.faults += sorted(set(evidence))[:5]
        if len(output) > 6 * LIMITS.output_bytes:
            result.faults.append(f"{len(output)} characters of output were kept")
        for name, text in asdict(told).items():
            if name != "output" and isinstance(text, str) and (found := UNSEEN.search(text)):
                result.faults.append(f"{name} holds {found.group()!a}")

    def _stays_right(self, result: Result) -> None:
        """A right program passes and a wrong one fails right afterwards; nobody is left."""
        for text, wanted in (
            ("def add(a, b):\n    return a + b\n", "passed"),
            ("def add(a, b):\n    return a - b\n", "failed"),
        ):
            after = self.box.judge(PROBLEMS["add"], _completion("add", text), PATIENT)
            if (after.verdict, after.forgeable) != (wanted, False):
                result.faults.append(f"afterwards {after.verdict}, not {wanted}: {after.reason}")
        below = traces.descendants(self.box.worker._process.pid)
        if len(below) > 2:  # the first process of its world, and the judge
            result.faults.append(f"processes that live on: {below}")


def _completion(problem: str, text: str) -> Completion:
    return Completion("c", f"hostile/{problem}", "hostile", "hostile", text, 1, "end-of-text")


def judged(
    box: SplitSandbox, problem: Problem, program: str, limits: Limits
) -> tuple[Verdict, str | None]:
    """The verdict, and what the program printed while it was judged (None: it wasn't told)."""
    verdict, report = box._judge_once(problem, _completion(problem.family, program), limits)
    return verdict, report.output.decode("utf-8", "replace") if report else None


def run_all(chosen: Sequence[Attack], base: Path, workers: int) -> dict[str, Any]:
    """Run attacks on several sandboxes; {tier, seconds, results, aftermath}."""
    before = traces.machine()
    started, local = time.monotonic(), threading.local()
    trials: list[Trial] = []

    def one(attack: Attack) -> Result:
        if not hasattr(local, "trial"):
            port = 18999 if not trials else 0
            local.trial = Trial(Range(base / f"range-{threading.get_ident()}", port))
            trials.append(local.trial)
        return local.trial.run(attack)  # type: ignore[no-any-return]

    tier = open_sandbox().tier  # chosen once, by canaries
    chosen = [attack for attack in chosen if tier in attack.tiers]
    # Those that only wait go first, side by side with the ones that work.
    ordered = sorted(chosen, key=lambda attack: not attack.slow)
    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(one, ordered))
    held = [traces.hold_world(pid) for trial in trials for pid in _pids(trial.box)]
    marks = dict(each for each in held if each)
    for trial in trials:
        trial.box.close()
        trial.aim.close()
    aftermath = traces.left_behind(before, set(marks))
    seconds = round(time.monotonic() - started, 1)
    rows = [asdict(result) for result in results]
    return {"tier": tier, "seconds": seconds, "results": rows, "aftermath": aftermath}


def _pids(box: SplitSandbox) -> list[int]:
    first = box.worker._process.pid
    return [first, *traces.descendants(first)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Run hostile programs against the sandbox.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--brief", action="store_true", help="without those that run out of time")
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args(arguments)
    os.environ["SECRET_TOKEN"] = "CANARY-ENV"
    chosen = attacks() + (shared_attacks(options.shared) if options.shared else [])
    chosen = [
        each
        for each in chosen
        if each.runs_here
        and re.search(options.only, each.name)
        and not (options.brief and (each.slow or each.control == "hangs"))
    ]
    base = Path(tempfile.mkdtemp(prefix="hornbook-range-"))
    base.chmod(0o755)
    try:
        report = run_all(chosen, base, options.workers)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    options.out.write_text(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
