"""Which tier this machine gives, found by running canary programs and not by reading settings."""

from __future__ import annotations

import socket
import tempfile
import threading
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, SandboxUnavailable
from hornbook.records import Completion, Problem
from hornbook.sandbox.inside import seccomp
from hornbook.sandbox.outcome import Limits
from hornbook.sandbox.split import SplitSandbox
from hornbook.sandbox.worker import Lost

CHOICES = ("auto", "external", "none")

TIERS = {
    "A": "namespaces, Landlock and a system-call filter: no network, no files but a private scratch"
    " folder of 32 MB, no other process to see",
    "B": "namespaces and a system-call filter, without Landlock: no network, no files but a private"
    " scratch folder of 32 MB, no other process to see",
    "C": "reduced, Landlock and a system-call filter without namespaces: no network, no writes, no"
    " exec; names and sizes of files on this machine are visible to the code; programs that write"
    " files fail",
    "D": "external: the container or virtual machine around it, on its user's word, and what the"
    " kernel gives inside it",
    "UNSANDBOXED": "none: generated code ran with limits only, at its user's risk",
}

_LIMITS = Limits(cpu_seconds=1, wall_seconds=4)
_TRY = "try:\n    {attempt}\n    print('GOT THROUGH')\nexcept {errors}:\n    print('HELD')\n"

_chosen: dict[str, str] = {}
_lock = threading.Lock()


def open_sandbox(choice: str = "auto") -> SplitSandbox:
    """A sandbox for generated code, after its canary programs were all held back.

    `auto` takes the best tier that holds and never falls to none in silence; `external` is for use
    inside a container or a virtual machine that holds the code itself; `none` sets limits only and
    stamps every verdict UNSANDBOXED. Canaries run once a process and choice. Raises
    `SandboxUnavailable` with what is missing and the ways out.
    """
    if choice not in CHOICES:
        raise ConfigError(f"--sandbox {choice}: it is one of {', '.join(CHOICES)}")
    layers = "none" if choice == "none" else "all"
    with _lock:
        known = _chosen.get(choice)
        if known is None:
            known = _chosen[choice] = _choose(choice, layers)
    return SplitSandbox(layers, known)


def rules_digest() -> str:
    """Which system-call rules this version has, for the record beside a score."""
    return seccomp.digest()


def unprotected(tier: str = "limits-only") -> SplitSandbox:
    """Limits and nothing else, on any system: for programs of our own."""
    return SplitSandbox("none", tier)


def _choose(choice: str, layers: str) -> str:
    sandbox = SplitSandbox(layers, "")
    try:
        hello = sandbox.worker.hello
        sandbox.tier = _tier(choice, hello)
        missing = hello["missing"]
        if not sandbox.tier:
            raise SandboxUnavailable(_words(missing))
        failed = _judges_rightly(sandbox)
        if not failed and sandbox.tier in "ABC":
            failed = _holds(sandbox)
        if failed:
            raise SandboxUnavailable(_words({**missing, "self-test": failed}))
        return sandbox.tier
    except Lost as error:
        raise SandboxUnavailable(_words({"its process": f"does not start ({error})"})) from error
    finally:
        sandbox.close()


def _tier(choice: str, hello: dict[str, Any]) -> str:
    """The tier that the layers in place would make; empty for none.

    Who can't stop being root runs nothing: the layers were tried for an unprivileged user.
    """
    if choice == "none":
        return "UNSANDBOXED"
    if choice == "external":
        return "D"
    if not hello["seccomp"] or "dropping root" in hello["missing"]:
        return ""
    if hello["namespaces"]:
        return "A" if hello["landlock"] else "B"
    return "C" if hello["landlock"] else ""


def _words(missing: object) -> str:
    found = missing if isinstance(missing, dict) else {}
    why = "; ".join(f"{layer}: {reason}" for layer, reason in found.items())
    return (
        f"Generated code was not run. This system offers no isolation for it: {why}. Fix one of:"
        " allow user namespaces (sysctl -w user.max_user_namespaces=15000, on Ubuntu also"
        " kernel.apparmor_restrict_unprivileged_userns=0), or boot a Linux of 6.2 or newer with"
        " lsm=landlock; or run inside a container or virtual machine that holds the code and pass"
        " --sandbox external; or, on a machine you can afford to lose, pass --sandbox none (results"
        " are marked UNSANDBOXED)"
    )


_PROBLEM = Problem(
    task_id="canary",
    benchmark="canary",
    label="public",
    family="canary",
    prompt="def twice(x):\n",
    entry_point="twice",
    canonical_solution="    return x + x\n",
    test="def check(candidate):\n    assert candidate(21) == 42\n    assert candidate([1]) == [1, 1]\n",
)
_ALWAYS_EQUAL = """    class Yes(int):
        __eq__ = lambda self, other: True
        __hash__ = None
    return Yes()
"""


def _judges_rightly(sandbox: SplitSandbox) -> str:
    """A right, a wrong and a lying answer; a late import; what went wrong, or nothing."""
    for text, wanted, words in (
        ("    import sqlite3, ctypes\n    return x + x\n", "passed", "a right answer did not pass"),
        ("    return x\n", "failed", "a wrong answer did not fail"),
        (_ALWAYS_EQUAL, "failed", "a lying object passed"),
        ("    import os\n    os._exit(0)\n", "failed", "an answer that ends itself did not fail"),
    ):
        answer = Completion("canary", "canary", "canary", "canary", text, 0, "")
        verdict = sandbox.judge(_PROBLEM, answer, _LIMITS)
        if verdict.verdict != wanted:
            return f"{words} ({verdict.verdict}: {verdict.reason})"
    return ""


def _holds(sandbox: SplitSandbox) -> str:
    """Programs that try to get out; the first that does, in words."""
    with tempfile.TemporaryDirectory(prefix="hornbook-canary-") as folder:
        precious = Path(folder) / "precious.txt"
        precious.write_text("precious")
        precious.chmod(0o666)
        Path(folder).chmod(0o777)  # so that only the sandbox keeps others away
        with socket.create_server(("127.0.0.1", 0)) as server:
            attempts = _attempts(str(precious), server.getsockname()[1])
            for words, attempt, errors in attempts:
                outcome = sandbox.run(_TRY.format(attempt=attempt, errors=errors), _LIMITS)
                if outcome.output != "HELD\n":
                    return f"{words} ({outcome.output.strip() or outcome.reason})"
        if precious.read_text() != "precious" or len(list(Path(folder).iterdir())) != 1:
            return "a file was changed"
    for words, program, status in (
        ("an endless loop was not stopped", "while True: pass", "timed_out"),
        ("memory was not limited", "held = bytearray(2 << 30)", "memory"),
    ):
        outcome = sandbox.run(program, _LIMITS)
        if outcome.status != status:
            return f"{words} ({outcome.status}: {outcome.reason})"
    return ""


def _attempts(path: str, port: int) -> list[tuple[str, str, str]]:
    """(what it would mean, the attempt, the errors that count as held)."""
    connect = f"socket.create_connection(('127.0.0.1', {port}), 1)"
    system = "__import__('ctypes').CDLL(None)"
    return [
        ("a file was written", f"open({path!r}, 'r+').write('x')", "OSError"),
        ("a file was read", f"open({path!r}).read()", "OSError"),
        ("a file was emptied", f"__import__('os').truncate({path!r}, 0)", "OSError"),
        ("a file was made", f"open({path + '.new'!r}, 'w')", "OSError"),
        ("a file was removed", f"__import__('os').remove({path!r})", "OSError"),
        ("a file's mode was changed", f"__import__('os').chmod({path!r}, 0)", "OSError"),
        ("the network was reached", f"import socket; {connect}", "OSError"),
        ("a process was made", "__import__('os').fork()", "OSError"),
        ("a program was started", "__import__('os').execv('/bin/true', ['true'])", "OSError"),
        (
            "its parent was signalled",
            "__import__('os').kill(__import__('os').getppid() or 2, 0)",
            "OSError",
        ),
        ("new privileges were had", f"assert {system}.unshare(0x10000000) == 0", "AssertionError"),
        ("the environment was seen", "assert __import__('os').environ", "AssertionError"),
    ]
