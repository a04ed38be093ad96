"""Facts about hostile programs: whatever they try, the sandbox holds them, on every tier.

The whole set runs in a process of its own, so that a harness that dies is noticed: as this user, as
another, and on kernels that lack Landlock or user namespaces. What such a kernel can't show is told
in elsewhere.py.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hornbook
from hornbook.errors import SandboxUnavailable
from hornbook.records import Completion
from hornbook.sandbox import SplitSandbox, open_sandbox
from tests.sandbox import elsewhere, hostile_range, traces
from tests.sandbox.canaries import Range
from tests.sandbox.hostile_range import FUSE, PROBLEMS, attacks, judged

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hostile programs are for Linux")

HERE = Path(__file__).parent
STAY, OTHER = 0, elsewhere.UNPRIVILEGED
GROUPS = ("forging", "codec", "resources", "escape")
MARKED = {"equal_points", "money"}
"""Problems whose tests let the solution compare its own objects, and say so."""


@pytest.fixture(scope="module")
def held() -> Iterator[SplitSandbox]:
    try:
        sandbox = open_sandbox()
    except SandboxUnavailable as error:
        pytest.skip(f"this kernel holds nothing back: {error}")
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def copy() -> Iterator[Path]:
    """The sandbox and this folder where everyone may read them; a checkout often lies in a home."""
    folder = Path(tempfile.mkdtemp(prefix="hornbook-range-"))
    package = Path(hornbook.__file__).parent
    for name in ("__init__.py", "records.py", "errors.py", "sandbox"):
        target = folder / "hornbook" / name
        target.parent.mkdir(exist_ok=True)
        if (package / name).is_dir():
            shutil.copytree(package / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(package / name, target)
    for name in ("hostile_range", "hostile_problems", "canaries", "traces", "elsewhere"):
        shutil.copy(HERE / f"{name}.py", folder)
    shutil.copytree(HERE / "attacks", folder / "attacks")
    if named := os.environ.get("HORNBOOK_HOSTILE"):
        shutil.copytree(named, folder / "shared")
    (folder / "out").mkdir()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "out").chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def walk(copy: Path, user: int, missing: str, *options: str) -> dict[str, Any]:
    """The set's report as `user` on a kernel without `missing`."""
    python = str(Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}"))
    out = copy / "out" / f"{user}{missing}.json"
    if (copy / "shared").is_dir():
        options = (*options, "--shared", str(copy / "shared"))
    program = [python, str(copy / "hostile_range.py"), "--out", str(out), *options]
    done = subprocess.run(
        [sys.executable, str(copy / "elsewhere.py"), "poorer", str(user), missing, *program],
        env={"PYTHONPATH": str(copy), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(out.read_text())
    return report


@pytest.mark.parametrize(
    ("user", "missing", "tiers", "options"),
    [
        (STAY, "-", "ABC", ()),
        (OTHER, "-", "ABC", ()),
        (OTHER, "landlock", "B", ("--brief",)),
        (OTHER, "namespaces", "C", ("--brief",)),
    ],
)
def test_every_hostile_program_is_held(
    held: SplitSandbox, copy: Path, user: int, missing: str, tiers: str, options: tuple[str, ...]
) -> None:
    """None forges a verdict, none gets out, none leaves anything; each came to its attempt, and right
    after each a right program passes and a wrong one fails."""
    report = walk(copy, user if os.geteuid() == 0 else STAY, missing, *options)
    assert report["tier"] in tiers
    assert {row["name"]: row["faults"] for row in report["results"] if row["faults"]} == {}
    assert report["aftermath"] == []
    assert len(report["results"]) > 200


def test_every_program_says_what_it_tries_and_can_not_run_by_accident() -> None:
    """The first statement of every file refuses; whoever imports one gets an error and no attack."""
    found = attacks()
    assert len({each.name for each in found}) == len(found) > 250
    assert {each.group for each in found} == set(GROUPS)
    assert {each.problem for each in found} <= set(PROBLEMS)
    for path in hostile_range.ATTACKS.glob("*/*.py"):
        first = ast.parse(path.read_text(encoding="utf-8")).body[0]
        assert isinstance(first, ast.Raise), path
        assert path.read_text(encoding="utf-8").count(FUSE) == 1


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_every_problem_can_be_solved(held: SplitSandbox, name: str) -> None:
    """The canonical solutions pass, kept apart from their tests, and stand in the problem's way of no
    verdict but where it is said."""
    problem = PROBLEMS[name]
    verdict = held.judge(problem, Completion("c", name, "", "", problem.canonical_solution, 1, ""))
    assert verdict.passed, verdict
    assert "in the solution's process" not in verdict.reason
    assert not verdict.forgeable or name in MARKED or name.startswith("money")


ODD = {
    "nothing": "",
    "NUL": "def add(a, b):\n    return 0 \x00",
    "half a pair": "def add(a, b):\n    return '\ud800'",
    "byte order mark": "\ufeffdef add(a, b):\n    return 0\n",
    "two of them": "\ufeff\ufeffdef add(a, b):\n    return 0\n",
    "coding line": "# -*- coding: utf-16 -*-\ndef add(a, b):\n    return 0\n",
    "old line ends": "def add(a, b):\r    return 0\r",
    "form feeds": "\x0c\x0cdef add(a, b):\n\x0c    return 0\n",
    "reversed text": "def add(a, b):\n    return 0 \u202e# + b + a nruter\u202c\n",
    "look-alikes": "def \uff41\uff44\uff44(a, b):\n    return 0\n",
    "parentheses": "(" * 200_000,
    "minus signs": "x = " + "-" * 1_000_000 + "1\n",
    "nested lists": "x = " + "[" * 150 + "]" * 150 + "\ndef add(a, b):\n    return x\n",
    "indentation": "".join(" " * n + "if 1:\n" for n in range(150)),
    "one long line": "x = '" + "y" * 3_000_000 + "'\ndef add(a, b):\n    return x\n",
    "too long": "#" * (5 << 20),
    "many names": "".join(f"n{n} = {n}\n" for n in range(100_000)),
    "huge number": "x = " + "9" * 100_000 + "\n",
    "folded constants": "x = ((1 << 9999) ** 99, 'y' * 10 ** 9)\ndef add(a, b):\n    return x\n",
    "formatted": "x = f'{" * 200 + "'" * 200,
    "escapes": "def add(a, b):\n    return '\\N{no such name}'\n",
    "future": "from __future__ import barry_as_FLUFL\ndef add(a, b):\n    return 0 <> 1\n",
    "await": "await x\nyield x\nreturn x\n",
    "star": "from os import *\nfrom builtins import *\ndel __builtins__\n",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_source_text_is_no_answer_and_stops_nothing(held: SplitSandbox, name: str) -> None:
    """Text that compilers stumble over fails by itself, in words that a terminal can show."""
    answer = Completion("c", "hostile/add", "hostile", "", ODD[name], 1, "")
    verdict = held.judge(PROBLEMS["add"], answer, hostile_range.LIMITS)
    assert verdict.verdict in ("failed", "refused", "memory", "timed_out")
    assert not hostile_range.UNSEEN.search(verdict.reason)
    right = Completion("c", "", "", "", PROBLEMS["add"].canonical_solution, 1, "")
    assert held.judge(PROBLEMS["add"], right, hostile_range.PATIENT).passed


def test_the_range_notices_what_is_done_to_it(tmp_path: Path) -> None:
    """Connections, changed files and dropped ones are seen once, and mended."""
    aim = Range(tmp_path / "range")
    try:
        assert aim.touched() == []
        with socket.create_connection(("127.0.0.1", aim.port)), socket.socket(socket.AF_UNIX) as a:
            a.connect("\0" + aim.abstract)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(aim.home / "canary.sock"))
        (aim.drop / "x").write_text("y")
        (aim.home / "keep" / "k.txt").chmod(0o600)
        assert len(aim.touched()) == 5
        assert aim.touched() == []
    finally:
        aim.close()


def test_what_outlives_a_set_is_found() -> None:
    """A process in another's user namespace, a file and an IPC object are seen."""
    before = traces.machine()
    if shutil.which("unshare") is None:
        pytest.skip("no unshare(1)")
    process = subprocess.Popen(["unshare", "-U", "sleep", "60"])
    try:
        for _ in range(200):
            if traces.world(process.pid):
                break
            os.sched_yield()
        mark = traces.hold_world(process.pid)
        if mark is None:
            pytest.skip("no user namespaces")
        os.close(mark[1])
        assert traces.left_behind(before, {mark[0]}, 0.1) == [f"process {process.pid} lives on"]
    finally:
        process.kill()
        process.wait()
    assert traces.left_behind(before, {mark[0]}) == []


def test_the_harness_tells_what_got_through(held: SplitSandbox) -> None:
    """The marks by which a set is judged arrive."""
    program = hostile_range.PRELUDE.replace("@NAME@", "x").replace("@DROP@", "/nowhere")
    program += "tried()\nevidence('y')\ndef add(a, b): return a + b\n"
    verdict, output = judged(held, PROBLEMS["add"], program, hostile_range.PATIENT)
    assert verdict.passed
    assert output == "TRIED:x\nEVIDENCE:y\nEVIDENCE:y\n"
