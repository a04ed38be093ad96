"""Why an answer is not a pass, from what is known of it.

A stop list or a length limit is named as the cause only where the text is unfinished: it is no Python
although its beginning is, or the wanted function is absent or has no body.
"""

from __future__ import annotations

import ast
import codeop
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hornbook.records import Completion, Problem, Verdict
from hornbook.similarity.trees import parse_quietly

CAUSES = (
    "passed",
    "cut by stop list",
    "truncated",
    "syntax",
    "name missing",
    "wrong",
    "exception",
    "time-out",
    "memory",
    "refused",
    "infrastructure",
)

_BY_VERDICT = {
    "passed": "passed",
    "timed_out": "time-out",
    "memory": "memory",
    "refused": "refused",
    "infrastructure_error": "infrastructure",
}
_BY_KIND = {
    "time": "time-out",
    "memory": "memory",
    "refused": "refused",
    "lost": "infrastructure",
    "exception": "exception",
    "died": "exception",
    "protocol": "exception",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One answer with the cause of its verdict."""

    arm: str
    benchmark: str
    task_id: str
    sample: int
    cause: str
    reason: str
    """The verdict's own words."""


def explain(problem: Problem, completion: Completion, verdict: Verdict, stop: Sequence[str]) -> str:
    """One of `CAUSES`. `stop` is the stop list the answer was cut with; an empty one cuts nothing.

    >>> one = Problem("t", "b", "public", "t", "def f(x):\\n", "f", "", "")
    >>> answer = Completion("c", "t", "b", "arm", "    return (x,", 3, "length")
    >>> failed = Verdict("c", "t", "b", "arm", "failed", "", 0.0, "A", kind="syntax")
    >>> explain(one, answer, failed, ())
    'truncated'
    """
    if verdict.verdict in _BY_VERDICT:
        return _BY_VERDICT[verdict.verdict]
    source = problem.prompt + completion.text
    state = state_of(source, problem.entry_point)
    by_stop = completion.stopped_by == "stop-string" and bool(stop)
    by_length = completion.stopped_by == "length"
    if by_stop and state in ("unfinished", "no name", "no body"):
        return "cut by stop list"
    if by_length and state != "whole" and _ends_badly(source, state):
        return "truncated"
    if verdict.kind == "syntax" or state in ("unfinished", "no python"):
        return "syntax"
    if verdict.kind == "no-entry-point" or (state == "no name" and not verdict.kind):
        return "name missing"
    return _BY_KIND.get(verdict.kind, "wrong")


def state_of(source: str, entry_point: str) -> str:
    """How whole a program is, by its text: `whole`, `unfinished` (more text could make it Python),
    `no python`, `no name` (the function isn't defined at its top) or `no body`.

    >>> [state_of(text, "f") for text in ("def f(): return 1", "def f(", "def f)", "x = 1", "def f():\\n  '''Doc.'''")]
    ['whole', 'unfinished', 'no python', 'no name', 'no body']
    """
    try:
        tree = parse_quietly(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "unfinished" if _unfinished(source) else "no python"
    found = [node for node in ast.walk(tree) if _defines(node, entry_point)]
    if not found:
        return "no name"
    last = found[-1]
    if isinstance(last, ast.FunctionDef) and all(_says_nothing(node) for node in last.body):
        return "no body"
    return "whole"


def explain_all(
    rows: Iterable[tuple[Problem, Completion, Verdict]], stop: Sequence[str]
) -> list[Explained]:
    """The cause of every verdict, in the rows' order."""
    return [
        Explained(
            completion.arm,
            completion.benchmark,
            completion.task_id,
            completion.sample,
            explain(problem, completion, verdict, stop),
            verdict.reason,
        )
        for problem, completion, verdict in rows
    ]


def cause_table(explained: Sequence[Explained]) -> str:
    """How many answers of each arm to each benchmark have which cause, as text."""
    counts = Counter((row.arm, row.benchmark, row.cause) for row in explained)
    columns = list(dict.fromkeys((row.arm, row.benchmark) for row in explained))
    causes = [cause for cause in CAUSES if any(row.cause == cause for row in explained)]
    heads = [f"{arm} {benchmark}".strip() for arm, benchmark in columns]
    widths = [max(len(head), 6) + 2 for head in heads]
    lines = [f"{'cause':<18}" + "".join(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True))]
    for cause in causes:
        cells = [counts[arm, benchmark, cause] for arm, benchmark in columns]
        lines.append(
            f"{cause:<18}" + "".join(f"{c:>{w}}" for c, w in zip(cells, widths, strict=True))
        )
    return "\n".join(lines) + "\n"


def _unfinished(source: str) -> bool:
    """Could more text after it make it Python?"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return codeop.compile_command(source, symbol="exec") is None
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            return False


def _ends_badly(source: str, state: str) -> bool:
    """Is the fault at the end? A length limit may cut inside a name or a text, so the last line
    doesn't count."""
    if state != "no python":
        return True
    body = source.rstrip().rpartition("\n")[0]
    return state_of(body, "") != "no python"


def _defines(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name == name
    if isinstance(node, ast.Assign):
        return any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    return isinstance(node, ast.Import | ast.ImportFrom) and any(
        (each.asname or each.name) == name for each in node.names
    )


def _says_nothing(node: ast.stmt) -> bool:
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, ast.Pass)
