"""A whole program in one process, and a word about how it ended.

For programs that bring no tests, and as the last resort for tests that can't be held apart from
the solution: there, whoever controls the program controls the word, and the verdict is `forgeable`.
"""

from __future__ import annotations

import sys
from typing import Any

FILE = "<program>"


def run(source: str) -> dict[str, Any]:
    """Run `source` as `__main__`: {status, kind, reason}, `status` one of `ok`, `error`, `memory`."""
    try:
        exec(compile(source, FILE, "exec", dont_inherit=True), {"__name__": "__main__"})
    except MemoryError:
        return {"status": "memory", "kind": "memory", "reason": "MemoryError"}
    except BaseException as error:
        kind = "exception"
        if isinstance(error, AssertionError):
            kind = "assertion"
        elif isinstance(error, SyntaxError) and error.filename == FILE:
            kind = "syntax"
        return {"status": "error", "kind": kind, "reason": describe(error, source)}
    finally:
        flush()
    return {"status": "ok", "kind": "", "reason": ""}


def flush() -> None:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        return


def describe(error: BaseException, source: str) -> str:
    """The error's name and message, and the line of the program where it was raised."""
    try:
        words = str(error)
    except BaseException:
        words = ""
    name = type(error).__name__
    message = f"{name}: {words}" if words else name
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    lines = source.splitlines()
    if line is None or not 0 < line <= len(lines):
        return message[:2000]
    return f"{message[:1500]} at `{lines[line - 1].strip()[:400]}`"
