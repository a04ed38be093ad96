"""Facts about running programs that nobody has read, and judging them apart from their tests."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from hornbook.errors import SandboxUnavailable
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import (
    Limits,
    SplitSandbox,
    judge_all,
    open_sandbox,
    run_all,
    unprotected,
)
from hornbook.sandbox.split import printable

FAST = Limits(cpu_seconds=1, wall_seconds=3)
TEST = "def check(f):\n    assert f(2, 3) == 5\n"


def problem(test: str = TEST, canonical: str = "    return a + b\n", **more: str) -> Problem:
    prompt = more.pop("prompt", "def add(a, b):\n")
    return Problem("t/1", "demo", "public", "t", prompt, "add", canonical, test, **more)  # type: ignore[arg-type]


def answer(text: str) -> Completion:
    return Completion("c", "t/1", "demo", "arm", text, 1, "end-of-text")


@pytest.fixture(scope="module")
def plain() -> Iterator[SplitSandbox]:
    sandbox = unprotected()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def held() -> Iterator[SplitSandbox]:
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
        ("import os; os._exit(0)", "error", "ended without a verdict (exit code 0)"),
        ("raise SystemExit", "error", "SystemExit"),
        ("def (", "error", "SyntaxError"),
        ("def f(): f()\nf()", "error", "RecursionError"),
        ("x = bytearray(1 << 30)", "memory", "MemoryError"),
        ("while True: pass", "timed_out", "over 1 s of CPU"),
        ("import time; time.sleep(60)", "timed_out", "over 3 s"),
        ("import ctypes; ctypes.string_at(0)", "error", "SIGSEGV"),
        ("x = '\x00'", "error", "NUL"),
        ("x = '\ud800'", "error", "surrogate"),
    ],
)
def test_every_end_of_a_program_has_its_name(
    held: SplitSandbox, program: str, status: str, reason: str
) -> None:
    """Only a program that ran to its end is ok; silence never is."""
    outcome = held.run(program, FAST)
    assert outcome.status == status
    assert reason in outcome.reason


def test_output_is_capped_and_does_not_block(held: SplitSandbox) -> None:
    """A program may print megabytes; only the first bytes are kept."""
    outcome = held.run("print('a' * 5_000_000)", FAST)
    assert outcome.status == "ok"
    assert len(outcome.output) == FAST.output_bytes


def test_output_can_not_command_a_terminal(held: SplitSandbox) -> None:
    """Escape sequences and marks of direction come out as text."""
    outcome = held.run("print('\\x1b[2J\\u202e\\x07ok')", FAST)
    assert outcome.output == "\\x1b[2J\\u202e\\x07ok\n"
    assert printable("two\nlines\tand a tab") == "two\nlines\tand a tab"


def test_what_was_printed_before_a_crash_is_kept(held: SplitSandbox) -> None:
    """Lines leave the process as they are printed."""
    assert held.run("print('first')\nimport os\nos._exit(0)", FAST).output == "first\n"


def test_nothing_of_one_program_is_there_for_the_next(held: SplitSandbox) -> None:
    """What a program does to modules, built-ins and the scratch folder ends with it."""
    left = (
        "import builtins, math, os\nbuiltins.left = 1\nmath.pi = 3\n"
        "os.makedirs('a/b/c', 0)\nos.makedirs('d/e')\nopen('d/e/f', 'w').write('left')\nos.symlink('/', 'd/g')"
    )
    assert held.run(left, FAST).reason == ""
    look = (
        "import math, os\nassert math.pi > 3.1\nassert 'left' not in dir(__builtins__)\n"
        "assert os.listdir('.') == [], os.listdir('.')"
    )
    if held.tier in "AB":
        assert held.run(look, FAST).reason == ""


def test_a_program_may_write_in_its_scratch_folder_and_no_more_than_its_quota(
    held: SplitSandbox,
) -> None:
    """Files work, up to 32 MB."""
    if held.tier not in "AB":
        pytest.skip("a scratch folder needs a mount namespace")
    work = "import tempfile\nwith tempfile.NamedTemporaryFile('w+') as f:\n    f.write('x'); f.seek(0); assert f.read() == 'x'"
    assert held.run(work, FAST).reason == ""
    fill = "for n in range(9):\n    open(str(n), 'wb').write(b'x' * (15 << 20))"
    assert "No space left" in held.run(fill, FAST).reason
    many = "for n in range(2000): open(str(n), 'w').close()"
    assert "No space left" in held.run(many, FAST).reason
    assert held.run(work, FAST).reason == ""


def test_processes_left_behind_are_ended(plain: SplitSandbox) -> None:
    """Even without walls, a grandchild in a session of its own does not outlive its program."""
    program = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(30)\n    os._exit(0)\n"
    assert plain.run(program, FAST).status == "ok"
    time.sleep(0.1)
    assert plain._worker is not None
    assert psutil.Process(plain._worker._process.pid).children(recursive=True) == []


def test_our_environment_is_not_the_programs(
    plain: SplitSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program sees none of the variables that this process has."""
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    assert plain.run("import os\nassert not os.environ", FAST).status == "ok"


def test_a_lost_zygote_is_replaced_and_its_check_run_again(held: SplitSandbox) -> None:
    """A killed zygote is the machine's fault: nobody's answer fails by it."""
    assert held.judge(problem(), answer("    return a + b\n"), FAST).passed
    process = held.worker._process
    for each in (
        *psutil.Process(process.pid).children(recursive=True),
        psutil.Process(process.pid),
    ):
        each.kill()
    process.wait()
    assert held.judge(problem(), answer("    return a + b\n"), FAST).passed


def test_a_zygote_that_is_lost_again_and_again_is_no_verdict(held: SplitSandbox) -> None:
    """Where no zygote lives, the check is an infrastructure error, and the next goes on."""

    class Cursed(SplitSandbox):
        @property
        def worker(self):  # type: ignore[no-untyped-def]
            worker = super().worker
            os.kill(worker._process.pid, signal.SIGKILL)
            worker._process.wait()
            return worker

    verdict = Cursed("all", held.tier).judge(problem(), answer("    return a + b\n"), FAST)
    assert (verdict.verdict, verdict.kind) == ("infrastructure_error", "lost")


def test_closing_ends_every_process() -> None:
    """Nothing of a sandbox stays when it is closed, not even in the middle of a check."""
    sandbox = unprotected()
    sandbox.run("x = 1", FAST)
    process = psutil.Process(sandbox.worker._process.pid)
    sandbox.close()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("text", "verdict", "kind", "reason"),
    [
        ("    return a + b\n", "passed", "", ""),
        ("    return a - b\n", "failed", "assertion", "assert f(2, 3) == 5 (got -1, expected 5)"),
        ("    return a +\n", "failed", "syntax", "SyntaxError"),
        (
            "    return a\nraise ValueError('bad')\n",
            "failed",
            "exception",
            "ValueError: bad (line 3",
        ),
        ("    return a\ndel add\n", "failed", "no-entry-point", "defines no `add`"),
        (
            "    return a / 0\n",
            "failed",
            "exception",
            "ZeroDivisionError: division by zero (line 2",
        ),
        ("    import os; os._exit(0)\n", "failed", "died", "exit code 0"),
        ("    import sys; sys.exit(0)\n", "failed", "exception", "SystemExit"),
        ("    import ctypes; ctypes.string_at(0)\n", "failed", "died", "SIGSEGV"),
        ("    while True: pass\n", "timed_out", "time", "over 1 s of CPU"),
        ("    import time; time.sleep(9)\n", "timed_out", "time", "over 3 s"),
        ("    return bytearray(1 << 30)\n", "memory", "memory", "MemoryError"),
        ("    return b'\x00'\n", "refused", "refused", "NUL"),
    ],
)
def test_every_verdict_has_its_kind_and_its_reason(
    held: SplitSandbox, text: str, verdict: str, kind: str, reason: str
) -> None:
    """What went wrong is said in words; none of these can be forged."""
    found = held.judge(problem(), answer(text), FAST)
    assert (found.verdict, found.kind) == (verdict, kind)
    assert reason in found.reason
    assert not found.forgeable


def test_a_failed_assertion_tells_expected_and_actual(held: SplitSandbox) -> None:
    """Both sides are told, without asking the solution a second time."""
    text = "    global asked\n    asked = globals().get('asked', 0) + 1\n    return [asked]\n"
    test = "def check(f):\n    want = [5]\n    assert f(2, 3) == want\n"
    found = held.judge(problem(test), answer(text), FAST)
    assert (found.assertion, found.actual, found.expected) == (
        "assert f(2, 3) == want",
        "[1]",
        "[5]",
    )


@pytest.mark.parametrize(
    ("test", "text"),
    [
        (
            "def check(f):\n    xs = [3, 1]\n    f(xs, 0)\n    assert xs == [1, 3]\n",
            "    a.sort()\n",
        ),
        (
            "def check(f):\n    inner = [1]\n    xs = [inner]\n    f(xs, 0)\n    assert inner == [1, 2]\n",
            "    a[0].append(2)\n",
        ),
        ("def check(f):\n    d = {}\n    f(d, 1)\n    assert d == {1: 1}\n", "    a[b] = b\n"),
        ("def check(f):\n    assert f(lambda x: x * 2, 4) == 8\n", "    return a(b)\n"),
        ("def check(f):\n    assert f(iter([1, 2]), 0) == 3\n", "    return sum(a)\n"),
        ("def check(f):\n    assert f(2, 3)(4) == 9\n", "    return lambda c: a + b + c\n"),
        (
            "import itertools\ndef check(f):\n    assert list(itertools.islice(f(2, 3), 3)) == [2, 5, 8]\n",
            "    while True:\n        yield a\n        a += b\n",
        ),
        (
            "def check(f):\n    try:\n        f(1, 'x')\n    except TypeError as error:\n        assert 'int' in str(error)\n    else:\n        assert False\n",
            "    return a + b\n",
        ),
        (
            "def check(f):\n    assert f({1: (2, {3})}, b'x') == [{1: (2, {3})}, b'x']\n",
            "    return [a, b]\n",
        ),
        ("def check(f):\n    assert f(10 ** 5000, 1) == 10 ** 5000 + 1\n", "    return a + b\n"),
        ("def check(f):\n    assert str(f(-0.0, 0)) == '-0.0'\n", "    return a\n"),
        (
            "def check(f):\n    g = lambda x: f(x, -1) if x else 0\n    assert f(g, 3) == 2\n",
            "    return a(b) if callable(a) else (0 if a + b < 0 else a + b)\n",
        ),
        ("def check(f):\n    assert f(b=2, a=5) == 3\n", "    return a - b\n"),
        ("def check(f):\n    assert add(1, 2) == 3 and f is add\n", "    return a + b\n"),
    ],
)
def test_a_test_finds_what_it_would_find_in_one_process(
    held: SplitSandbox, test: str, text: str
) -> None:
    """Changes in place, callables, generators, exceptions and big numbers cross the wall."""
    found = held.judge(problem(test, "    return 0\n"), answer(text), FAST)
    assert (found.verdict, found.reason, found.forgeable) == ("passed", "", False)


CLASSES = problem(
    test="def check(f):\n    node = Node(1)\n    node.next = Node(2)\n    assert f(node, 0) == [1, 2]\n",
    prompt="",
    canonical="class Node:\n    def __init__(self, value):\n        self.value = value\n        self.next = None\n"
    "def add(a, b):\n    found = []\n    while a:\n        found.append(a.value)\n        a = a.next\n    return found\n",
)


def test_a_test_builds_the_solutions_own_objects(held: SplitSandbox) -> None:
    """Classes that the solution defines are used through handles."""
    found = held.judge(CLASSES, answer(CLASSES.canonical_solution), FAST)
    assert (found.verdict, found.reason, found.forgeable) == ("passed", "", False)


def test_what_a_solution_says_of_an_object_that_the_test_made_is_its_word(
    held: SplitSandbox,
) -> None:
    """Both sides of such a comparison may come from the solution, so the verdict is forgeable."""
    reading = replace(CLASSES, test=CLASSES.test + "    assert node.next.value == 2\n")
    found = held.judge(reading, answer(CLASSES.canonical_solution), FAST)
    assert found.passed
    assert found.forgeable


def test_without_a_canonical_solution_a_verdict_on_objects_is_forgeable(held: SplitSandbox) -> None:
    """Where nobody can say that the test needs the solution's objects, it is said."""
    unknown = replace(CLASSES, canonical_solution="")
    found = held.judge(unknown, answer(CLASSES.canonical_solution), FAST)
    assert found.passed
    assert found.forgeable
    assert "the solution" in found.reason


def test_the_last_resort_is_marked(held: SplitSandbox) -> None:
    """A test that hands over an object of its own runs in one process, and the verdict says so."""
    test = "class Own:\n    x = 5\ndef check(f):\n    assert f(Own(), 0) == 5\n"
    found = held.judge(problem(test), answer("    return a.x\n"), FAST)
    assert found.passed
    assert found.forgeable
    assert "Own" in found.reason
    assert not held.judge(problem(test), answer("    return 4\n"), FAST).passed


def test_a_solution_is_held_against_the_canonical_one(held: SplitSandbox) -> None:
    """`inputs` are argument lists; floats may differ by `atol`; `same` overrules."""
    base = replace(problem(""), inputs="[[1, 2], [0.1, 0.2], [[1], [2]]]")
    assert held.judge(base, answer("    return a + b\n"), FAST).passed
    wrong = held.judge(base, answer("    return a + b if a != 0.1 else 0.3\n"), FAST)
    assert (wrong.assertion, wrong.expected) == ("add(0.1, 0.2)", "0.30000000000000004")
    near = replace(base, atol=1e-6)
    assert held.judge(near, answer("    return a + b if a != 0.1 else 0.3\n"), FAST).passed
    lenient = replace(
        base, test="def same(actual, expected, args):\n    return actual is not None\n"
    )
    assert held.judge(lenient, answer("    return 0\n"), FAST).passed


def test_verdicts_come_in_the_order_of_the_questions() -> None:
    """Two workers change nothing in the order of the verdicts."""
    pairs = [(problem(), answer(f"    return {n}\n")) for n in (5, 6, 5, 7)]
    verdicts = judge_all(unprotected, pairs, FAST, workers=2)
    assert [v.passed for v in verdicts] == [True, False, True, False]


def test_a_crowd_of_programs_gives_each_its_own_outcome() -> None:
    """Forty programs at two zygotes are never taken for each other."""
    programs = [f"assert {n} % 2 == 0" for n in range(40)]
    outcomes = run_all(unprotected, programs, FAST, workers=2)
    assert [o.status for o in outcomes] == ["ok", "error"] * 20


def test_sandbox_none_is_stamped() -> None:
    """Who runs code without walls has it written on every verdict."""
    sandbox = open_sandbox("none")
    verdict: Verdict = sandbox.judge(problem(), answer("    return a + b\n"), FAST)
    sandbox.close()
    assert (verdict.verdict, verdict.tier, verdict.forgeable) == ("passed", "UNSANDBOXED", True)


def test_the_self_test_notices_a_wall_with_a_hole(
    held: SplitSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Layers that are claimed and do not hold are no tier."""
    from hornbook.sandbox import selftest

    claimed = held.worker.hello
    monkeypatch.setattr(selftest, "_chosen", {})
    monkeypatch.setattr(selftest, "_tier", lambda choice, hello: "A")
    with pytest.raises(SandboxUnavailable, match=r"self-test: a file was .*--sandbox none"):
        selftest._choose("auto", "none")
    assert claimed["seccomp"]


def test_closing_in_the_middle_of_a_check_does_not_wait_for_it(held: SplitSandbox) -> None:
    """Ctrl-C ends a sandbox at once, from another thread than the one that waits."""
    import threading

    sandbox = open_sandbox()
    assert sandbox.run("x = 1", FAST).status == "ok"
    started = time.monotonic()
    threading.Timer(0.3, sandbox.close).start()
    outcome = sandbox.run("import time; time.sleep(30)", Limits(cpu_seconds=9, wall_seconds=20))
    assert (outcome.status, outcome.kind) == ("infrastructure_error", "lost")
    assert time.monotonic() - started < 10


def test_a_sandbox_keeps_no_descriptor_of_a_check(held: SplitSandbox) -> None:
    """After many checks of every kind as many descriptors are open as before."""
    texts = (
        "    return a + b\n",
        "    return 1\n",
        "    import os; os._exit(0)\n",
        "    return (\n",
    )
    for text in texts:
        held.judge(problem(), answer(text), FAST)
    before = len(os.listdir("/proc/self/fd"))
    for text in texts * 5:
        held.judge(problem(), answer(text), FAST)
        held.run("print(1)", FAST)
    assert len(os.listdir("/proc/self/fd")) == before
