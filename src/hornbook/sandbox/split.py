"""The sandbox: a solution and its tests in two processes, and the verdict from the tests' alone."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from typing import Any

from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox.outcome import Limits, Outcome, test_program, verdict_of
from hornbook.sandbox.worker import End, Lost, Report, Worker

MAX_SOURCE_BYTES = 4 << 20
_PATIENT = Limits(cpu_seconds=120, wall_seconds=480)
_FACTOR = 4
"""How much slower than the canonical solution an answer may be."""
_CLASS = re.compile(r"^\s*class\s+\w", re.MULTILINE)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_KINDS = {"syntax", "no-entry-point", "assertion", "exception", "died", "protocol", "memory"}


class SplitSandbox:
    """A sandbox of one zygote; one check at a time. Safe to make in several threads, one each.

    `layers` is `all` for generated code or `none`; `tier` is the name under which its verdicts go.
    `open_sandbox` makes one after the self-test; made directly it trusts its maker.
    """

    def __init__(self, layers: str, tier: str) -> None:
        self.layers = layers
        self.tier = tier
        self._worker: Worker | None = None
        self._closed = False
        self._needs: dict[tuple[Problem, Limits], Limits | None] = {}
        self._together: dict[Problem, bool] = {}

    @property
    def worker(self) -> Worker:
        """The zygote, started at first use. Raises `Lost` where it doesn't come up."""
        if self._worker is None:
            self._worker = Worker(self.layers)
            if self._closed:
                # Closed by another thread while it started.
                self._end_worker()
                raise Lost("it was closed")
        return self._worker

    def run(self, program: str, limits: Limits = Limits()) -> Outcome:  # noqa: B008 - frozen
        why = unfit(program)
        if why:
            return Outcome("error", why, 0.0, kind="refused")
        report = self._report(lambda worker: worker.run(program, limits))
        return _lost(report) if isinstance(report, str) else _outcome(report, limits)

    def judge(
        self,
        problem: Problem,
        completion: Completion,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> Verdict:
        """A check that runs out of time is done again with four times what the canonical solution
        needs, where that is more: some published solutions are slow."""
        verdict, _ = self._judge_once(problem, completion, limits)
        if verdict.verdict == "timed_out":
            longer = self._longer(problem, limits)
            if longer is not None:
                verdict, _ = self._judge_once(problem, completion, longer)
        return verdict

    def _longer(self, problem: Problem, limits: Limits) -> Limits | None:
        """The limits that a slow canonical solution asks for; None where it is not slow."""
        key = (problem, limits)
        if key not in self._needs:
            self._needs[key] = None
            if problem.canonical_solution:
                answer = Completion("", problem.task_id, "", "", problem.canonical_solution, 0, "")
                verdict, report = self._judge_once(problem, answer, _PATIENT)
                needed = _FACTOR * (report.ends[0].cpu_seconds if report else 0.0)
                if verdict.passed and (
                    needed > limits.cpu_seconds or _FACTOR * verdict.seconds > limits.wall_seconds
                ):
                    self._needs[key] = replace(
                        limits,
                        cpu_seconds=max(limits.cpu_seconds, min(needed, _PATIENT.cpu_seconds)),
                        wall_seconds=max(limits.wall_seconds, _FACTOR * verdict.seconds),
                    )
        return self._needs[key]

    def _judge_once(
        self, problem: Problem, completion: Completion, limits: Limits
    ) -> tuple[Verdict, Report | None]:
        source = problem.prompt + completion.text
        why = unfit(source)
        if why:
            refused = Outcome("refused", why, 0.0, kind="refused")
            return verdict_of(completion, refused, self.tier, False), None
        tests = judge_program(problem)
        report = self._report(lambda worker: worker.judge(source, tests, limits, problem.trusted))
        if isinstance(report, str):
            return verdict_of(completion, _lost(report), self.tier), None
        if report.word.get("verdict") == "lost":
            return verdict_of(completion, _lost(str(report.word["reason"])), self.tier), None
        if report.word.get("verdict") == "needs-in-process":
            return self._last_resort(problem, completion, limits, report), report
        return self._verdict(completion, report, limits), report

    def close(self) -> None:
        self._closed = True
        self._end_worker()

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def _report(self, ask: Any) -> Report | str:
        """A check's report; a lost zygote is replaced and asked once more. Else what went wrong."""
        words = ""
        for _ in range(2):
            if self._closed:
                return "it was closed"
            try:
                report: Report = ask(self.worker)
                if self.worker.stale:
                    self._end_worker()
                return report
            except (Lost, OSError, ValueError) as error:
                words = str(error)
                self._end_worker()
        return words

    def _last_resort(
        self, problem: Problem, completion: Completion, limits: Limits, report: Report
    ) -> Verdict:
        """A test hands over what can't cross, so all runs in one process. Not where only this answer
        makes it do so: the canonical solution has to need it as well."""
        why = one_line(str(report.word.get("reason", "")))
        if not problem.canonical_solution:
            words = (
                f"the test hands over what can't cross ({why}); with a canonical solution it could"
            )
            return verdict_of(completion, Outcome("refused", words, 0.0, kind="refused"), self.tier)
        if not self._needs_one_process(problem):
            words = f"the answer makes the test hand over what can't cross ({why})"
            outcome = _ended(report, "error", "protocol", words)
            return verdict_of(completion, outcome, self.tier, forgeable=False)
        outcome = self.run(test_program(problem, completion.text), limits)
        verdict = verdict_of(completion, outcome, self.tier, forgeable=True)
        note = f"tests ran in the solution's process ({why})"
        return replace(verdict, reason=f"{verdict.reason}; {note}" if verdict.reason else note)

    def _needs_one_process(self, problem: Problem) -> bool:
        if problem not in self._together:
            source, tests = problem.prompt + problem.canonical_solution, judge_program(problem)
            report = self._report(
                lambda worker: worker.judge(source, tests, _PATIENT, problem.trusted)
            )
            if isinstance(report, str):
                return False
            self._together[problem] = report.word.get("verdict") == "needs-in-process"
        return self._together[problem]

    def _verdict(self, completion: Completion, report: Report, limits: Limits) -> Verdict:
        word = report.word
        told: dict[str, Any] = {"assertion": "", "expected": "", "actual": ""}
        trusting = ""
        if report.expired:
            outcome = _ended(report, "timed_out", "time", f"over {limits.wall_seconds:g} s")
        elif word.get("verdict") in ("passed", "failed", "memory"):
            outcome = _told(report, limits)
            told = {key: printable(str(word.get(key, "")))[:1000] for key in told}
            trusting = str(word.get("trusting", ""))
        else:
            words = f"the judge ended without a verdict ({_how(report.ends[1])})"
            outcome = _ended(report, "error", "died", words)
        forgeable = bool(trusting) or self.tier == "UNSANDBOXED"
        verdict = verdict_of(completion, outcome, self.tier, forgeable)
        if trusting:
            told["reason"] = f"{verdict.reason}; {trusting}" if verdict.reason else trusting
        return replace(verdict, **told)


def judge_program(problem: Problem) -> dict[str, Any]:
    """What the judge needs of a problem (inside/judge.py). The completion is no part of it."""
    known = problem.canonical_solution
    own = problem.prompt + known if known else ""
    has_class = _CLASS.search("\n".join((own, problem.prompt, problem.setup)))
    return {
        "prompt": problem.prompt,
        "entry_point": problem.entry_point,
        "setup": problem.setup,
        "test": problem.test,
        "reference": own,
        "inputs": problem.inputs,
        "atol": problem.atol,
        "objects": "yes" if has_class else "no" if known else "unknown",
    }


def unfit(source: str, most: int = MAX_SOURCE_BYTES) -> str:
    """Why a text can't be run at all; empty where it can. `most` is in bytes."""
    if "\x00" in source:
        return "the text holds a NUL character"
    try:
        size = len(source.encode("utf-8"))
    except UnicodeEncodeError:
        return "the text holds half of a surrogate pair"
    if size > most:
        return f"the text has {size:,} bytes; {most:,} at most are run"
    return ""


def printable(text: str) -> str:
    """Text of unknown origin with its control characters escaped, so that no terminal obeys it.

    >>> printable("\\x1b[2Jgone")
    '\\\\x1b[2Jgone'
    """
    return _CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


def one_line(text: str) -> str:
    """`printable`, on one line.

    >>> one_line("wrong\\nverdict: passed")
    'wrong\\\\nverdict: passed'
    """
    return printable(text).replace("\n", "\\n")


def _told(report: Report, limits: Limits) -> Outcome:
    """What the judge said, with what is known about how the solution's process ended."""
    word, solution = report.word, report.ends[0]
    if word["verdict"] == "passed":
        return _ended(report, "ok", "", "")
    kind = word.get("kind") if word.get("kind") in _KINDS else "protocol"
    reason = one_line(str(word.get("reason", "")))
    if kind == "died" and _out_of_time(solution, limits):
        return _ended(report, "timed_out", "time", f"over {limits.cpu_seconds:g} s of CPU")
    if kind == "died":
        return _ended(report, "error", "died", f"{reason} ({_how(solution)})")
    if type(word.get("line")) is int and word["line"] > 0 and kind == "exception":
        reason = f"{reason} (line {word['line']} of the solution)"
    return _ended(report, "memory" if word["verdict"] == "memory" else "error", str(kind), reason)


def _outcome(report: Report, limits: Limits) -> Outcome:
    """How a program that ran alone ended. Silence, nonsense and death are never a success."""
    word, end = report.word, report.ends[0]
    if not report.ready:
        return _lost(f"the program's process could not be set up ({_how(end)})")
    if report.expired:
        return _ended(report, "timed_out", "time", f"over {limits.wall_seconds:g} s")
    if word.get("status") in ("ok", "error", "memory"):
        kind, reason = str(word.get("kind", "")), one_line(str(word.get("reason", "")))
        return _ended(report, word["status"], kind if kind in _KINDS else "", reason)
    if _out_of_time(end, limits):
        return _ended(report, "timed_out", "time", f"over {limits.cpu_seconds:g} s of CPU")
    return _ended(report, "error", "died", f"ended without a verdict ({_how(end)})")


def _ended(report: Report, status: str, kind: str, reason: str) -> Outcome:
    text = printable(report.output.decode("utf-8", "backslashreplace"))
    return Outcome(status, reason, report.seconds, text, kind)


def _lost(words: str) -> Outcome:
    reason = f"the sandbox was lost: {words}"
    return Outcome("infrastructure_error", reason, 0.0, kind="lost")


def _how(end: End) -> str:
    if os.WIFSIGNALED(end.status):
        number = os.WTERMSIG(end.status)
        known = {each.value: each.name for each in signal.Signals}
        return f"killed by {known.get(number, f'signal {number}')}"
    return f"exit code {os.waitstatus_to_exitcode(end.status)}"


def _out_of_time(end: End, limits: Limits) -> bool:
    """Was it the kernel that killed it at its limit? Hardly anybody else can in there. For the limit the
    kernel counts whole ticks, on a busy host also such as others had; what it reports is exact."""
    whole = max(1, -(-int(limits.cpu_seconds * 1000) // 1000))
    killed = os.WIFSIGNALED(end.status) and os.WTERMSIG(end.status) == signal.SIGKILL
    return killed and end.cpu_seconds >= whole / 4
