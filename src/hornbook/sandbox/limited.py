"""The limited process: a fork server on the other side of two pipes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hornbook.errors import SandboxUnavailable
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox.outcome import Limits, Outcome, test_program, verdict_of

SERVER = Path(__file__).with_name("server.py")

WAYS_OUT = (
    "run on Linux 6.2 or newer with user namespaces and Landlock; or inside a container or"
    " virtual machine that has them; or, on a machine you can afford to lose, with"
    " --sandbox none (results are marked UNSANDBOXED)"
)


class LimitedProcess:
    """A sandbox of one fork server.

    `isolated=True` is for generated code: no network, no writing; raises `SandboxUnavailable`
    where the kernel can't do that. `isolated=False` sets limits only: for programs of our own
    (the workbook's, the recorded teacher's), or when a user insists.
    """

    def __init__(self, isolated: bool, tier: str = "") -> None:
        self.isolated = isolated
        self.tier = tier or ("limited-process" if isolated else "limits-only")
        self._server: subprocess.Popen[str] | None = None

    def run(self, program: str, limits: Limits) -> Outcome:
        """Run `program`. A server that dies is an infrastructure error, never a pass or a fail."""
        try:
            server = self._server or self._start()
            answer = self._ask(server, {"source": program, **asdict(limits)})
            return Outcome(**answer)
        except (OSError, ValueError, TypeError) as error:
            self.close()
            return Outcome("infrastructure_error", f"the sandbox was lost: {error}", 0.0)

    def judge(self, problem: Problem, completion: Completion, limits: Limits) -> Verdict:
        outcome = self.run(test_program(problem, completion.text), limits)
        return verdict_of(completion, outcome, self.tier)

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.kill()
            server.wait()
            for pipe in (server.stdin, server.stdout):
                if pipe is not None:
                    # What was not sent to a dead server is of no interest.
                    with suppress(OSError):
                        pipe.close()

    def _start(self) -> subprocess.Popen[str]:
        mode = "isolated" if self.isolated else "plain"
        server = subprocess.Popen(
            [sys.executable, "-I", "-S", str(SERVER), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._server = server
        hello = json.loads(server.stdout.readline() if server.stdout else "")
        if hello["missing"]:
            self.close()
            raise SandboxUnavailable("; ".join(hello["missing"]))
        return server

    def _ask(self, server: subprocess.Popen[str], request: dict[str, Any]) -> dict[str, Any]:
        if server.stdin is None or server.stdout is None:
            raise OSError("no pipes")
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        return dict(answer)


_CANARIES = {
    "a file was written": "open(@CANARY, 'r+').write('x')",
    "a file was made": "open(@CANARY + '.new', 'w')",
    "a file was emptied": "import os\nos.truncate(@CANARY, 0)",
    "a file was removed": "import os\nos.remove(@CANARY)",
    "a network address was reached": (
        "import socket\nserver = socket.socket()\nserver.bind(('127.0.0.1', 0))\n"
        "server.listen()\nsocket.create_connection(server.getsockname(), 1)"
    ),
    "memory was not limited": "held = bytearray(2 << 30)",
    "an endless loop was not stopped": "while True: pass",
}


def open_sandbox(choice: str = "auto") -> LimitedProcess:
    """A sandbox for generated code, after its canary programs were all held back.

    `choice` is `auto` or `none`. Raises `SandboxUnavailable` with what is missing and the ways
    out; it never falls back to less in silence.
    """
    if choice == "none":
        return LimitedProcess(isolated=False, tier="UNSANDBOXED")
    sandbox = LimitedProcess(isolated=True)
    limits = Limits(cpu_seconds=1, wall_seconds=4)
    try:
        with tempfile.NamedTemporaryFile(prefix="hornbook-canary-") as canary:
            for failure, program in _CANARIES.items():
                ready = program.replace("@CANARY", repr(canary.name))
                if sandbox.run(ready, limits).status in ("ok", "infrastructure_error"):
                    raise SandboxUnavailable(f"self-test: {failure}")
        if sandbox.run("x = 1", limits).status != "ok":
            raise SandboxUnavailable("self-test: a harmless program did not end well")
    except SandboxUnavailable as error:
        sandbox.close()
        raise SandboxUnavailable(
            f"Generated code was not run: {error}. To run it: {WAYS_OUT}."
        ) from None
    return sandbox
