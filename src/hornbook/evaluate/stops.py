"""Where an answer ends: the stop list, and which part of it fits a problem."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hornbook.records import Problem

_BEGINS = re.compile(r"\n(?:def|class|import|from|async|@|#)")


def cut_at(text: str, stop: Sequence[str]) -> tuple[str, str]:
    """The text before the first of the stop strings, and that string (nothing where none occurs).

    >>> cut_at("    return 1\\nclass A:", ("\\ndef", "\\nclass"))
    ('    return 1', '\\nclass')
    """
    found = [(at, word) for word in stop if word and (at := text.find(word)) >= 0]
    if not found:
        return text, ""
    at, word = min(found)
    return text[:at], word


def whole_answer(problem: Problem) -> bool:
    """Does the model write the whole function, as in MBPP, and not go on with one, as in HumanEval?

    >>> one = Problem("t", "b", "public", "t", "def f(x):\\n", "f", "", "")
    >>> whole_answer(one)
    False
    """
    return (
        re.search(rf"^def\s+{re.escape(problem.entry_point)}\b", problem.prompt, re.MULTILINE)
        is None
    )


def stops_for(problem: Problem, stop: Sequence[str]) -> tuple[str, ...]:
    """The stop strings that end an answer to this problem.

    Where the model writes the whole function, a line that begins a definition, an import or a comment
    is no end: `import math` would be cut off from the function after it.

    >>> one = Problem("t", "b", "public", "t", '\"\"\"\\nWrite f.\\n\"\"\"\\n', "f", "", "")
    >>> stops_for(one, ("\\ndef ", "\\nprint"))
    ('\\nprint',)
    """
    if not whole_answer(problem):
        return tuple(stop)
    return tuple(word for word in stop if not _BEGINS.match(word))
