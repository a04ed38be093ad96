"""What a failed assertion says: its source, what it expected, and what it got."""

from __future__ import annotations

import ast
import builtins
from types import FrameType, TracebackType
from typing import Any

from .codec import pack
from .peer import Peer
from .remote import Remote

TEST_FILE = "<test>"
_SHOWN = 200


def explain(error: AssertionError, source: str, peer: Peer) -> dict[str, str]:
    """{assertion, expected, actual} of the innermost test line, as far as they can be had.

    Both sides are evaluated once more with the remembered results of the calls that were made, so
    the solution is not asked again and can't answer otherwise.
    """
    frame, line = _place(error.__traceback__)
    if frame is None:
        return {}
    try:
        statement = _assertion_at(ast.parse(source), line)
    except (SyntaxError, ValueError, RecursionError):
        statement = None
    if statement is None:
        return {}
    told = {"assertion": (ast.get_source_segment(source, statement) or "")[:1000]}
    test = statement.test
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        told["actual"] = _shown(test.left, frame, peer)
        told["expected"] = _shown(test.comparators[0], frame, peer)
    else:
        told["actual"] = _shown(test, frame, peer)
        told["expected"] = "true"
    return told


def _place(trace: TracebackType | None) -> tuple[FrameType | None, int]:
    frame, line = None, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == TEST_FILE:
            frame, line = trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
    return frame, line


def _assertion_at(tree: ast.AST, line: int) -> ast.Assert | None:
    found = None
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.lineno <= line <= (node.end_lineno or line):
            found = node
    return found


def _shown(node: ast.expr, frame: FrameType, peer: Peer) -> str:
    """An expression's value for people, or nothing where it would ask the solution again."""
    scope: dict[str, Any] = {"__builtins__": builtins}
    known = {**frame.f_globals, **frame.f_locals}
    for name in {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}:
        if name in known:
            value = known[name]
            scope[name] = _Replay(peer) if isinstance(value, Remote) else value
    try:
        value = eval(compile(ast.Expression(node), TEST_FILE, "eval"), scope)
        return show(value)
    except BaseException:
        return ""


def show(value: Any) -> str:
    if isinstance(value, Remote):
        return "<an object of the solution's>"
    text = ascii(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


class _Replay:
    """Stands for the solution and repeats what it said."""

    def __init__(self, peer: Peer) -> None:
        self._calls = list(peer.calls)

    def __call__(self, *args: Any) -> Any:
        packed = pack(list(args))
        for asked, answer in reversed(self._calls):
            if asked == packed:
                return answer
        raise LookupError("not asked")
