"""What has to hold before a model is scored: checks whose results are known beforehand.

A judge that repairs white space, a stop list that cuts good code, a tokenizer that loses a space: each
shifts every model's score without a word. Answers whose verdict is known find them first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hornbook.errors import PreflightFailed
from hornbook.evaluate.matrix import Judge
from hornbook.evaluate.stops import cut_at, stops_for
from hornbook.records import Completion, Problem, Verdict
from hornbook.similarity.trees import parse_quietly

SHOWN = 8
"""Task ids that a message names."""


@dataclass(frozen=True)
class Check:
    """One thing that was tried."""

    name: str
    wanted: str
    found: str
    ok: bool
    detail: str = ""
    """The problems at fault with what happened, or which were left out."""


@dataclass(frozen=True)
class Preflight:
    """All checks of one set of problems."""

    benchmark: str
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.ok)

    @property
    def ok(self) -> bool:
        return not self.failed

    @property
    def words(self) -> str:
        """What failed and what to do; empty where nothing did."""
        return "; ".join(
            f"{check.name}: {check.found}, {check.wanted} wanted ({check.detail})"
            f" - {_ADVICE[check.name]}"
            for check in self.failed
        )


_ADVICE = {
    "canonical solutions": "raise the limits (evaluate.cpu_seconds, evaluate.memory_mb), or get the"
    " benchmark's file again",
    "empty answers": "a test that nothing satisfies is no test: leave these problems out",
    "shifted answers": "whatever judges mends white space: answers have to be joined as they stand",
    "stop list": "take the stop string that cuts them out of evaluate.stop",
    "prompts through the tokenizer": "the model doesn't see what is asked: use a tokenizer that gives"
    " every text back",
}


def preflight(
    problems: Sequence[Problem],
    judge: Judge,
    stop: Sequence[str],
    round_trip: Callable[[str], str] | None = None,
) -> Preflight:
    """Try answers whose verdicts are known on the problems of one benchmark.

    `judge` has to be the one that will judge the model, with the same limits; `round_trip` is
    decode(encode(text)). Problems without a canonical solution are left out of what needs one.
    """
    solved = [p for p in problems if p.canonical_solution]
    left_out = len(problems) - len(solved)
    known = {p.task_id: v for p, v in zip(solved, _judged(solved, _canonical, judge), strict=True)}
    checks = [
        _passes("canonical solutions", [known[p.task_id] for p in solved], left_out),
        _fails("empty answers", _judged(problems, lambda problem: "", judge), 0),
        _shifted(solved, judge, left_out),
        _stops(solved, judge, stop, known, left_out),
    ]
    if round_trip is not None:
        checks.append(_round_trips(problems, round_trip))
    return Preflight(problems[0].benchmark if problems else "", tuple(checks))


def require(result: Preflight) -> None:
    """Raises `PreflightFailed` where a check failed: a score would be of something else."""
    if not result.ok:
        raise PreflightFailed(f"{result.benchmark} is not scored: {result.words}")


def shifted(text: str) -> str:
    """The text with the indentation of its first line of code off by one space.

    >>> shifted("\\n    return x\\n"), shifted("def f(x):\\n    return x")
    ('\\n   return x\\n', ' def f(x):\\n    return x')
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.strip() and not line.strip().startswith("#"):
            lines[number] = line[1:] if line.startswith(" ") else " " + line
            break
    return "\n".join(lines)


def _canonical(problem: Problem) -> str:
    return problem.canonical_solution


def _judged(
    problems: Sequence[Problem], text: Callable[[Problem], str], judge: Judge
) -> list[Verdict]:
    pairs = [
        (p, Completion(p.task_id, p.task_id, p.benchmark, "preflight", text(p), 0, ""))
        for p in problems
    ]
    return judge(pairs) if pairs else []


def _passes(name: str, verdicts: Sequence[Verdict], left_out: int) -> Check:
    bad = [f"{v.task_id}: {v.reason[:80] or v.verdict}" for v in verdicts if not v.passed]
    found = f"{len(verdicts) - len(bad)} of {len(verdicts)} pass"
    return Check(name, "all", found, not bad, _listed(bad, left_out, "without a solution"))


def _fails(name: str, verdicts: Sequence[Verdict], left_out: int, why: str = "") -> Check:
    lost = [f"{v.task_id} (no verdict)" for v in verdicts if v.verdict == "infrastructure_error"]
    passing = [v.task_id for v in verdicts if v.passed]
    bad = [*passing, *lost]
    found = f"{len(passing)} of {len(verdicts)} pass"
    return Check(name, "none", found, not bad, _listed(bad, left_out, why))


def _shifted(solved: Sequence[Problem], judge: Judge, left_out: int) -> Check:
    """A solution whose first line lost a space is wrong, unless Python takes it all the same: a body
    of one line under a prompt without a docstring may stand at any depth. Those are left out, by
    parsing them, so that of the rest none at all may pass."""
    chosen = [p for p in solved if not _parses(p.prompt + shifted(p.canonical_solution))]
    verdicts = _judged(chosen, lambda p: shifted(p.canonical_solution), judge)
    count = left_out + len(solved) - len(chosen)
    return _fails("shifted answers", verdicts, count, "without a solution or still Python")


def _stops(
    solved: Sequence[Problem],
    judge: Judge,
    stop: Sequence[str],
    known: dict[str, Verdict],
    left_out: int,
) -> Check:
    """Solutions that fail by themselves are the first check's; here only what the cut changes counts."""
    cuts = {p.task_id: cut_at(p.canonical_solution, stops_for(p, stop)) for p in solved}
    touched = [p for p in solved if cuts[p.task_id][1] and known[p.task_id].passed]
    verdicts = _judged(touched, lambda p: cuts[p.task_id][0], judge)
    bad = [f"{v.task_id} at {cuts[v.task_id][1]!a}" for v in verdicts if not v.passed]
    right = sum(v.passed for v in known.values())
    found = f"{right - len(bad)} of {right} right solutions pass, {len(touched)} of them cut"
    return Check("stop list", "all", found, not bad, _listed(bad, left_out, "without a solution"))


def _round_trips(problems: Sequence[Problem], round_trip: Callable[[str], str]) -> Check:
    bad = [p.task_id for p in problems if round_trip(p.prompt) != p.prompt]
    found = f"{len(problems) - len(bad)} of {len(problems)} come back"
    return Check("prompts through the tokenizer", "all", found, not bad, _listed(bad, 0, ""))


def _parses(source: str) -> bool:
    try:
        parse_quietly(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _listed(bad: Sequence[str], left_out: int, why: str) -> str:
    words = ", ".join(bad[:SHOWN])
    if len(bad) > SHOWN:
        words += f" and {len(bad) - SHOWN} more"
    left = f"{left_out} left out: {why}" if left_out else ""
    return "; ".join(part for part in (words, left) if part)
