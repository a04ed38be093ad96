"""What EvalPlus makes of a text before it runs it: the imports and what the function needs.

Done in two steps: the longest run of lines that is Python, then, of its top level, the imports and
those functions, classes and assignments that the wanted function reaches by name. A function without
`return`, a decorated definition, an `if`, a loop and a call at the top level are left out. (EvalPlus
reads the second step off a syntax tree that forgives errors; after the first step there are none, so
Python's own tree says the same.)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hornbook.similarity.trees import parse_quietly

MOST_PARSES = 20_000
"""Of a text that is hardly Python; then the best run so far is taken."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


def extract(text: str, entry_point: str) -> str:
    """The program that EvalPlus runs for `text`.

    >>> print(extract("Sure:\\nimport re\\ndef f(x):\\n    return g(x)\\ndef g(x):\\n    return 1\\nprint(f(2))", "f"))
    import re
    def f(x):
        return g(x)
    def g(x):
        return 1
    """
    code = longest_code(text)
    tree = _parsed(code)
    kept = _kept(tree, code, entry_point) if tree is not None else ""
    return kept or code


def longest_code(text: str) -> str:
    """The run of at least two lines that parses and has the most lines that aren't blank.

    >>> longest_code("Here:\\nx = 1\\ny = 2\\nThat's it")
    'x = 1\\ny = 2'
    """
    lines = text.split("\n")
    filled = [bool(line.strip()) for line in lines]
    before = [0]
    for each in filled:
        before.append(before[-1] + each)
    best, chosen, tried = 0, (0, 0), 0
    for first in range(len(lines)):
        # From the longest run down, so that a text that is Python as a whole is parsed once.
        for last in range(len(lines) - 1, first, -1):
            count = before[last + 1] - before[first]
            if count <= best or tried >= MOST_PARSES:
                break
            # Blank lines at the end add nothing, but for one line with a blank one, which is a run.
            if not filled[last] and (before[last] > before[first + 1] or last > first + 1):
                continue
            tried += 1
            if _parsed("\n".join(lines[first : last + 1])) is not None:
                best, chosen = count, (first, last)
                break
    return "\n".join(lines[chosen[0] : chosen[1] + 1])


def _parsed(text: str) -> ast.Module | None:
    try:
        return parse_quietly(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _kept(tree: ast.Module, code: str, entry_point: str) -> str:
    imports: list[ast.stmt] = []
    definitions: dict[str, ast.stmt] = {}
    for node in tree.body:
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if isinstance(node, ast.Import | ast.ImportFrom) and not future:
            imports.append(node)
        elif isinstance(node, _Definition) and _counts(node):
            name = _name(node)
            if name:
                definitions.setdefault(name, node)
    reached = _reached(entry_point, {name: _mentions(node) for name, node in definitions.items()})
    chosen = [*imports, *(node for name, node in definitions.items() if name in reached)]
    return "\n".join(ast.get_source_segment(code, node) or "" for node in chosen).strip()


def _counts(node: ast.stmt) -> bool:
    if getattr(node, "decorator_list", None):
        return False
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return any(isinstance(each, ast.Return) for each in ast.walk(node))
    return True


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign):
        sides = [*node.targets, node.value]
    elif isinstance(node, ast.AnnAssign):
        sides = [node.target]
    else:
        return str(getattr(node, "name", ""))
    return next((side.id for side in sides if isinstance(side, ast.Name)), "")


def _mentions(node: ast.stmt) -> set[str]:
    """Every name that stands in a piece of code, whatever it names there."""
    found: set[str] = set()
    for each in ast.walk(node):
        for field in ("id", "arg", "attr", "name"):
            value = getattr(each, field, None)
            if isinstance(value, str):
                found.add(value)
    return found


def _reached(entry_point: str, mentions: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()

    def follow(name: str) -> Iterator[str]:
        return iter(mentions.get(name, ()))

    waiting = [entry_point]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(follow(name))
    return reached
