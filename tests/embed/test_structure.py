from __future__ import annotations

import ast
import sysconfig
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from hornbook.embed.groups import group_features
from hornbook.embed.lexer import Lexed
from hornbook.embed.logical import Code
from hornbook.embed.pages import page_features
from hornbook.embed.statements import statement_features
from hornbook.embed.structure import structure_features

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
MODULES = ("heapq", "bisect", "textwrap", "csv", "ast", "fractions", "shlex", "difflib", "cmd")
CODE = '''"""Sums."""
import os
from json import loads
from .near import thing

LIMIT = 10


class Adder:
    def __init__(self, start: int) -> None:
        self.total = start

    def add(self, values):
        """Add the values to the total."""
        for value in values:
            while value > LIMIT:
                self.total += value
        return self.total


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)
'''


def structure(text: str) -> dict[str, float]:
    return {name: float(row[0]) for name, row in structure_features(Code(Lexed([text]))).items()}


def test_functions_loops_and_names_of_a_module() -> None:
    """Functions, recursion, documentation, imports and loops, counted by hand."""
    found = structure(CODE)
    assert found["functions"] == pytest.approx(np.log1p(3))
    assert found["classes"] == pytest.approx(np.log1p(1))
    third = pytest.approx(1 / 3)
    single = ("documented", "recursive", "dunder_methods", "annotated_parameters", "nested_loops")
    assert {name: found[name] for name in single} == dict.fromkeys(single, third)
    assert found["methods"] == found["loops"] == pytest.approx(2 / 3)
    assert found["library_imports"] == pytest.approx(np.log1p(2))
    assert found["relative_imports"] == pytest.approx(np.log1p(1))
    assert found["unknown_names"] == 0
    assert found["local_calls"] == 1
    assert found["longest_function"] == pytest.approx(np.log1p(6))


def names_by_ast(text: str) -> tuple[set[str], Counter[str]]:
    """What is bound, and what is read how often, as Python's own parser sees it."""
    bound: set[str] = set()
    read: Counter[str] = Counter()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            read[node.id] += 1
        elif isinstance(node, ast.Name):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {(a.asname or a.name).partition(".")[0] for a in node.names}
    return bound, read


@pytest.mark.parametrize("module", MODULES)
def test_names_are_bound_and_read_nearly_as_the_parser_says(module: str) -> None:
    """On real modules nine bound names of ten and nineteen reads of twenty are the parser's."""
    text = (LIBRARY / f"{module}.py").read_text(encoding="utf-8")
    code = Code(Lexed([text]))
    spans = zip(code.words.start, code.words.end, strict=True)
    words = [bytes(code.lexed.data[low:high]).decode() for low, high in spans]
    bound = {word for word, yes in zip(words, code.bound, strict=True) if yes}
    read = Counter(word for word, yes in zip(words, code.read, strict=True) if yes)
    wanted, reads = names_by_ast(text)
    assert len(wanted & bound) >= 0.9 * len(wanted | bound)
    assert (reads & read).total() >= 0.95 * (reads | read).total()


@pytest.mark.parametrize("module", MODULES)
def test_lines_are_cut_where_statements_begin(module: str) -> None:
    """On real modules logical lines begin where the parser's statements and clauses do."""
    text = (LIBRARY / f"{module}.py").read_text(encoding="utf-8")
    lines = Code(Lexed([text])).lines
    found = {int(number) + 1 for number in lines.number}
    begun = {node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)}
    source = text.split("\n")
    # Several statements may share a line, and a decorated one begins with its decorator.
    assert len(begun - found) <= 0.01 * len(begun)
    more = found - begun
    clauses = ("@", "else", "elif", "except", "finally")
    assert all(source[number - 1].strip().startswith(clauses) for number in more)


def test_statements_add_up() -> None:
    """Each statement is of one kind: squares of the shares make one."""
    found = statement_features(Code(Lexed([CODE, "x += 1\nassert x == 2\ncall(x)\n"])))
    kinds = [n for n in found if n.endswith(("_lines", "_assignments")) and n != "own_assignments"]
    total = sum(found[name] ** 2 for name in kinds)
    assert total == pytest.approx([1, 1])
    assert found["assert_lines"][1] == pytest.approx(np.sqrt(1 / 3))
    assert found["own_assignments"][0] > 0


def test_groups_are_square_roots_of_shares() -> None:
    """Two of four words are the group's, whatever their order, in code and in prose apart."""
    found = group_features(Code(Lexed(["print(foo, print, bar)", "# print foo\nx = 1", ""])))
    assert found["printing"].tolist() == pytest.approx([np.sqrt(0.5), 0, 0])


def test_pages_count_what_is_seen() -> None:
    """Lines, indents and shares of characters are those of the page."""
    text = "# note\n\nx = 'ab'\nif x:\n        y = 12\n"
    found = {name: float(row[0]) for name, row in page_features(Lexed([text])).items()}
    size = len(text) + 1
    assert found["deepest_indent"] == 8
    assert found["comment_lines"] == pytest.approx(1 / 4)
    assert found["string_characters"] == pytest.approx(4 / size)
    assert found["comment_characters"] == pytest.approx(6 / size)
    assert found["digits"] == pytest.approx(2 / size)
    assert found["colon_ends"] == pytest.approx(1 / 4)
    assert found["spaced_equals"] == pytest.approx(2 / 6)
