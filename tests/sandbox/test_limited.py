"""Facts about running programs that nobody has read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from hornbook.errors import SandboxUnavailable
from hornbook.records import Completion, Problem
from hornbook.sandbox import LimitedProcess, Limits, judge_all, open_sandbox, run_all

FAST = Limits(cpu_seconds=1, wall_seconds=5)
PROBLEM = Problem(
    "t/1",
    "demo",
    "public",
    "t",
    "def add(a, b):\n",
    "add",
    "",
    "def check(f):\n    assert f(2, 3) == 5\n",
)


def answer(text: str) -> Completion:
    return Completion("c", "t/1", "demo", "arm", text, 1, "end-of-text")


@pytest.fixture
def plain() -> Iterator[LimitedProcess]:
    sandbox = LimitedProcess(isolated=False)
    yield sandbox
    sandbox.close()


@pytest.fixture
def isolated() -> Iterator[LimitedProcess]:
    try:
        sandbox = open_sandbox()
    except SandboxUnavailable as error:
        pytest.skip(f"this kernel holds nothing back: {error}")
    yield sandbox
    sandbox.close()


@pytest.mark.parametrize(
    ("program", "status", "reason"),
    [
        ("x = 1", "ok", ""),
        ("assert 1 == 2", "error", "AssertionError at `assert 1 == 2`"),
        ("import os; os._exit(0)", "error", "ended without a verdict"),
        ("raise SystemExit", "error", "SystemExit"),
        ("def (", "error", "SyntaxError"),
        ("def f(): f()\nf()", "error", "RecursionError"),
        ("x = bytearray(1 << 30)", "memory", "MemoryError"),
        ("while True: pass", "timed_out", "CPU"),
        ("import time; time.sleep(60)", "timed_out", "over 5 s"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "error", "SIGKILL"),
    ],
)
def test_every_end_of_a_program_has_its_name(
    plain: LimitedProcess, program: str, status: str, reason: str
) -> None:
    """Only a program that ran to its end is ok; silence never is."""
    outcome = plain.run(program, FAST)
    assert outcome.status == status
    assert reason in outcome.reason


def test_output_is_capped_and_does_not_block(plain: LimitedProcess) -> None:
    """A program may print megabytes; only the first bytes are kept."""
    outcome = plain.run("print('a' * 5_000_000)", FAST)
    assert outcome.status == "ok"
    assert len(outcome.output) == FAST.output_bytes


def test_nothing_of_one_program_is_there_for_the_next(plain: LimitedProcess) -> None:
    """What a program does to modules and built-ins ends with it."""
    plain.run("import builtins, math\nbuiltins.left = 1\nmath.pi = 3", FAST)
    assert (
        plain.run(
            "import math\nassert math.pi > 3.1\nassert 'left' not in dir(__builtins__)", FAST
        ).status
        == "ok"
    )


def test_processes_left_behind_are_ended(plain: LimitedProcess, tmp_path: Path) -> None:
    """A grandchild in a session of its own does not outlive its program."""
    program = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(30)\n    os._exit(0)\n"
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    assert plain.run(program, FAST).status == "ok"
    server = {p.pid for p in psutil.Process().children(recursive=False)} - before
    time.sleep(0.1)
    assert all(not psutil.Process(pid).children(recursive=True) for pid in server)


def test_our_environment_is_not_the_programs(
    plain: LimitedProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program sees none of the variables that this process has."""
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    program = "import os\nassert 'SECRET_TOKEN' not in os.environ\nassert len(os.environ) < 3"
    assert plain.run(program, FAST).status == "ok"


def test_a_lost_server_is_no_verdict_and_the_next_program_runs(plain: LimitedProcess) -> None:
    """A killed server is the machine's fault, and a new one takes its place."""
    plain.run("x = 1", FAST)
    server = plain._server
    assert server is not None
    server.kill()
    server.wait()
    assert plain.run("x = 1", FAST).status == "infrastructure_error"
    assert plain.run("x = 1", FAST).status == "ok"


@pytest.mark.parametrize(
    "program",
    [
        "open('@/new', 'w')",
        "open('@/victim.txt', 'w')",
        "import os; os.remove('@/victim.txt')",
        "import os; os.rename('@/victim.txt', '@/moved')",
        "import os; os.mkdir('@/folder')",
        "import os; os.symlink('/etc/passwd', '@/link')",
        "import os; os.truncate('@/victim.txt', 0)",
        "import socket; socket.create_connection(('127.0.0.1', @PORT), 1)",
    ],
)
def test_generated_code_changes_no_file_and_reaches_no_network(
    isolated: LimitedProcess, tmp_path: Path, program: str
) -> None:
    """Whatever a program tries on a file or a port that anyone may use, it fails."""
    import socket

    tmp_path.chmod(0o777)
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    victim.chmod(0o666)
    with socket.create_server(("127.0.0.1", 0)) as server:
        ready = program.replace("@PORT", str(server.getsockname()[1])).replace("@", str(tmp_path))
        outcome = isolated.run(ready, FAST)
    assert outcome.status == "error"
    assert [p.name for p in tmp_path.iterdir()] == ["victim.txt"]
    assert victim.read_text() == "precious"


def test_an_isolated_program_can_still_do_its_work(isolated: LimitedProcess) -> None:
    """The standard library and threads work behind the walls."""
    program = "import re, json, math, itertools, collections, datetime, threading\nt = threading.Thread(target=print)\nt.start(); t.join()"
    assert isolated.run(program, FAST).status == "ok"


def test_a_right_answer_passes_and_a_wrong_one_says_where(plain: LimitedProcess) -> None:
    """The reason of a failure is the assert that failed."""
    assert plain.judge(PROBLEM, answer("    return a + b\n"), FAST).verdict == "passed"
    wrong = plain.judge(PROBLEM, answer("    return a - b\n"), FAST)
    assert wrong.verdict == "failed"
    assert "assert f(2, 3) == 5" in wrong.reason
    assert wrong.forgeable


def test_verdicts_come_in_the_order_of_the_questions() -> None:
    """Two workers change nothing in the order of the verdicts."""
    pairs = [(PROBLEM, answer(f"    return {n}\n")) for n in (5, 6, 5, 7)]
    verdicts = judge_all(lambda: LimitedProcess(isolated=False), pairs, FAST, workers=2)
    assert [v.passed for v in verdicts] == [True, False, True, False]


def test_a_crowd_of_programs_gives_each_its_own_outcome() -> None:
    """Forty programs at two servers are never taken for each other."""
    programs = [f"assert {n} % 2 == 0" for n in range(40)]
    outcomes = run_all(lambda: LimitedProcess(isolated=False), programs, FAST, workers=2)
    assert [o.status for o in outcomes] == ["ok", "error"] * 20


@pytest.mark.skipif(sys.platform != "linux", reason="the canaries are about Linux")
def test_where_the_kernel_holds_nothing_back_generated_code_is_not_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The message names what is missing and the ways out."""
    from hornbook.sandbox import limited

    def start(self: LimitedProcess) -> None:
        raise SandboxUnavailable("Landlock: Function not implemented")

    monkeypatch.setattr(limited.LimitedProcess, "_start", start)
    with pytest.raises(SandboxUnavailable, match=r"not run: Landlock.*--sandbox none"):
        open_sandbox()


def test_sandbox_none_is_stamped() -> None:
    """Who runs code without walls has it written on every verdict."""
    assert open_sandbox("none").tier == "UNSANDBOXED"


def test_no_server_survives_its_sandbox(plain: LimitedProcess) -> None:
    """Closing a sandbox ends its process."""
    plain.run("x = 1", FAST)
    server = plain._server
    assert server is not None
    plain.close()
    assert not psutil.pid_exists(server.pid) or os.waitpid(server.pid, os.WNOHANG)
