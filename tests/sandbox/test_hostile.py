"""Facts about programs that mean harm: they get nowhere, and the evaluation goes on.

This set runs on this machine's tier; `test_range.py` runs another, also as other users and where Landlock
or namespaces are refused, which a system-call filter does for real. What can't be simulated so: an older kernel's
Landlock (its filter would have to lie about the ABI), Ubuntu's AppArmor rule, another processor.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import hornbook
from hornbook.sandbox import SplitSandbox, open_sandbox, unprotected
from hornbook.sandbox.outcome import test_program as program_with_tests
from tests.sandbox.hostile import Attack
from tests.sandbox.hostile.range import Range
from tests.sandbox.hostile.walk import ATTACKS, LIMITS, answer, problem_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def place_for_others() -> Iterator[Path]:
    """A copy of what the set needs, where every user may read it."""
    folder = Path(tempfile.mkdtemp(prefix="hornbook-walk-"))
    package = Path(hornbook.__file__).parent
    ignore = shutil.ignore_patterns("__pycache__", "data", "*.gz")
    shutil.copytree(package, folder / "hornbook", ignore=ignore)
    (folder / "tests").mkdir()
    (folder / "tests" / "__init__.py").touch()
    shutil.copytree(ROOT / "tests" / "sandbox", folder / "tests" / "sandbox", ignore=ignore)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield folder
    shutil.rmtree(folder)


def python_for_others() -> str:
    """An interpreter that every user may run; this one may lie in its owner's home."""
    for candidate in (
        os.path.realpath(sys.executable),
        "/usr/bin/python3",
        "/usr/local/bin/python3",
    ):
        check = "import sys; sys.exit(sys.version_info < (3, 11))"
        if not Path(candidate).is_file() or any(
            not parent.stat().st_mode & 0o001 for parent in Path(candidate).resolve().parents
        ):
            continue
        if subprocess.run([candidate, "-c", check], check=False).returncode == 0:
            return candidate
    pytest.skip("no Python 3.11 that every user may run")


def walk(python: str, folder: Path, *options: str, more: Path | None = None) -> dict[str, object]:
    command = [python, "-P", "-s", "-m", "tests.sandbox.hostile.walk", *options]
    if more is not None:
        command += ["--more", str(more)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


def in_process(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python_for_others(), "-P", "-s", "-c", program],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_are_many_attacks_and_each_has_a_name() -> None:
    """Far more than sixty, no two alike."""
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) > 200
    assert len({attack.program + attack.test for attack in ATTACKS}) == len(ATTACKS)


def test_no_attack_gets_anywhere(tmp_path: Path) -> None:
    """No forged pass, no effect outside, no survivor; a right and a wrong answer after each are judged
    rightly, and output comes out escaped."""
    shared = os.environ.get("HORNBOOK_HOSTILE")
    found = walk(sys.executable, ROOT, more=Path(shared) if shared else None)
    assert found["found"] == []
    assert found["tier"] in ("A", "B", "C")


def test_without_any_wall_nothing_is_run_and_the_message_helps(place_for_others: Path) -> None:
    """Neither namespaces nor Landlock: the message names both, with their errors, and three ways out."""
    program = (
        "from tests.sandbox.hostile.walk import refuse\nfrom hornbook.sandbox import open_sandbox\n"
        "refuse([(272, 1), (444, 38)])\nopen_sandbox()\n"
    )
    done = in_process(place_for_others, program)
    assert done.returncode == 1
    for word in (
        "SandboxUnavailable: Generated code was not run",
        "namespaces: [Errno 1]",
        "Landlock: [Errno 38]",
        "max_user_namespaces",
        "--sandbox external",
        "--sandbox none",
    ):
        assert word in done.stderr


def test_where_mounting_is_refused_the_tier_steps_down(place_for_others: Path) -> None:
    """As in most containers: namespaces may be made, file systems may not."""
    program = (
        "from tests.sandbox.hostile.walk import refuse\nfrom hornbook.sandbox import open_sandbox\n"
        "refuse([(165, 1)])\nprint(open_sandbox().tier)\n"
    )
    assert in_process(place_for_others, program).stdout == "C\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="not root")
def test_who_can_not_stop_being_root_runs_nothing(place_for_others: Path) -> None:
    """Where the kernel refuses another user, no tier is had, and the message names the reason."""
    program = (
        "from tests.sandbox.hostile.walk import refuse\nfrom hornbook.sandbox import open_sandbox\n"
        "refuse([(117, 1)])\nopen_sandbox()\n"
    )
    done = in_process(place_for_others, program)
    assert done.returncode == 1
    assert "SandboxUnavailable" in done.stderr
    assert "dropping root: [Errno 1]" in done.stderr


def test_inside_a_container_its_user_vouches_for_it(place_for_others: Path) -> None:
    """`external` runs where nothing else would, keeps tests apart, and is called tier D."""
    program = (
        "from tests.sandbox.hostile.walk import ATTACKS, LIMITS, answer, problem_of, refuse\n"
        "from hornbook.sandbox import open_sandbox\n"
        "refuse([(272, 1), (444, 38)])\nbox = open_sandbox('external')\n"
        "judge = lambda text: box.judge(problem_of(ATTACKS[0]), answer(text), LIMITS)\n"
        "liar = next(a for a in ATTACKS if a.name == 'lying-int')\n"
        "print(judge('def add(a, b): return a + b').verdict, judge(liar.program).verdict, box.tier)\n"
        "box.close()\n"
    )
    done = in_process(place_for_others, program)
    assert done.stdout.split() == ["passed", "failed", "D"], done.stderr


@pytest.fixture(scope="module")
def held() -> Iterator[SplitSandbox]:
    sandbox = open_sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def bare() -> Iterator[SplitSandbox]:
    sandbox = unprotected()
    yield sandbox
    sandbox.close()


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.control == "in-process"], ids=lambda attack: attack.name
)
def test_what_is_held_apart_would_be_forged_together(held: SplitSandbox, attack: Attack) -> None:
    """These answers do pass where their tests share their process, so the set attempts something."""
    reference = attack.canonical if "helper" not in attack.name else ""
    program = reference + program_with_tests(problem_of(attack), attack.program)
    assert held.run(program, LIMITS).status == "ok"


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.control.startswith("unprotected")], ids=lambda a: a.name
)
def test_what_is_held_would_get_through_without_walls(bare: SplitSandbox, attack: Attack) -> None:
    """These attacks do succeed without walls, so the set attempts something."""
    place = Range()
    try:
        outcome = bare.run(place.ready(attack.program), LIMITS)
        assert "EVIDENCE" in outcome.output, outcome
        if attack.control == "unprotected-changes":
            assert place.effects() != []
    finally:
        place.close()


def test_a_solution_finds_nothing_of_others_in_its_memory(held: SplitSandbox) -> None:
    """A solution is a copy of the zygote; neither earlier solutions nor their tests are in there."""
    solution = "def add(a, b):\n    'MARKER-OF-A-SOLUTION'\n    return a + b\n"
    test = "def check(f):\n    'MARKER-OF-A-TEST'\n    assert f(1, 2) == 3\n"
    assert held.judge(problem_of(Attack("", "", test=test)), answer(solution), LIMITS).passed
    look = (
        "import gc\n"
        "kinds = (dict, list, tuple)\n"
        "texts = ' '.join(str(each)[:9999] for each in gc.get_objects() if isinstance(each, kinds))\n"
        "for end in ('OF-A-SOLUTION', 'OF-A-TEST'):\n    print('MARKER-' + end in texts)\n"
        "print('preload' in texts)\n"
    )
    assert held.run(look, LIMITS).output == "False\nFalse\nTrue\n"
