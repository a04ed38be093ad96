"""Facts about comparing functions by their node types."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.similarity.syntax import SyntaxIndex, functions_of

TOTAL = """
def total(xs, start=0):
    \"\"\"Add up.\"\"\"
    result = start
    for x in xs:
        if x > 0:
            result += x * 2
    return result
"""


def edits(left: str, right: str) -> int:
    """The edit distance as it is defined."""
    row = list(range(len(right) + 1))
    for at, one in enumerate(left):
        previous, row[0] = row[0], at + 1
        for to, other in enumerate(right):
            previous, row[to + 1] = (
                row[to + 1],
                min(row[to + 1] + 1, row[to] + 1, previous + (one != other)),
            )
    return row[-1]


def lines(draws: list[int]) -> str:
    """A function whose statements are drawn."""
    kinds = ["a = 1", "a = b + 1", "f(a)", "return a", "del a", "a[0] = b", "assert a, b"]
    return "def g(a, b):\n" + "".join(f"    {kinds[draw]}\n" for draw in draws)


DRAWS = st.lists(st.integers(0, 6), min_size=1, max_size=9)


@given(DRAWS, DRAWS, st.sampled_from([0.5, 0.8, 0.95]))
def test_the_rate_is_one_less_the_edits_over_the_longer(
    one: list[int], other: list[int], threshold: float
) -> None:
    """What is found at or above the threshold is what the definition says."""
    index = SyntaxIndex(threshold=threshold, min_nodes=1)
    assert index.add("t", lines(one))
    left, right = functions_of(lines(one))[0].nodes, functions_of(lines(other))[0].nodes
    rate = 1 - edits(left, right) / max(len(left), len(right))
    found = index.nearest(functions_of(lines(other)))
    assert bool(found) == (rate >= threshold - 1e-9)
    assert not found or found == [("t", pytest.approx(rate, abs=1e-4), "g")]


def test_names_docstrings_and_constants_do_not_count() -> None:
    """A renamed, undocumented copy with other numbers is the same shape."""
    index = SyntaxIndex()
    assert index.add("t", TOTAL)
    copy = TOTAL.replace("total", "f").replace("result", "r").replace('    """Add up."""\n', "")
    assert index.nearest(functions_of(copy.replace("2", "3"))) == [("t", 1.0, "f")]


def test_the_nearest_function_of_each_name_is_told_once() -> None:
    """Of several functions alike the best is named; results are in the order of names."""
    index = SyntaxIndex(threshold=0.8)
    index.add("t2", TOTAL)
    index.add("t1", TOTAL)
    near = TOTAL.replace("total", "near").replace("x * 2", "x")
    found = index.nearest(functions_of(near + TOTAL))
    assert found == [("t1", 1.0, "total"), ("t2", 1.0, "total")]
    ((_, rate, name), _) = index.nearest(functions_of(near))
    assert name == "near"
    assert 0.8 <= rate < 1


def test_short_functions_are_left_out() -> None:
    """A function under the limit is not indexed and, well under it, not looked up."""
    index = SyntaxIndex(threshold=0.9, min_nodes=20)
    assert not index.add("short", "def f(x):\n    return x\n")
    assert not index.add("broken", "def f(:")
    assert index.nearest(functions_of(TOTAL)) == []
    assert index.add("long", TOTAL)
    assert index.nearest(functions_of("def f(x):\n    return x\n")) == []


def test_nested_functions_methods_and_coroutines_are_functions() -> None:
    """Each is compared by itself, and can be written out alone."""
    source = "class A:\n    def m(self):\n        async def inner(): pass\n        return inner\n"
    found = {function.name: function for function in functions_of(source)}
    assert sorted(found) == ["inner", "m"]
    assert found["inner"].source == "async def inner():\n    pass"


@pytest.mark.parametrize("source", ["def f(:", "x = 1\0", "-" * 200_000 + "1", "(" * 10_000])
def test_what_cannot_be_parsed_has_no_functions(source: str) -> None:
    """A syntax error, a NUL and nesting without end stop nothing."""
    assert functions_of(source) == []


def test_a_doubtful_escape_sequence_is_no_matter() -> None:
    """Python's warnings about a stranger's program neither show nor cost it a function."""
    assert [f.name for f in functions_of("def f():\n    return '\\d'\n")] == ["f"]


def test_every_type_has_a_character_of_its_own() -> None:
    """So that an edit of the text is an edit of the sequence."""
    (function,) = functions_of("def f(x):\n    '''Doc.'''\n    return -x + 1")
    kinds = ["FunctionDef", "arguments", "arg", "Return", "BinOp", "UnaryOp", "USub", "Name",
             "Add", "Constant"]  # fmt: skip
    assert len(set(function.nodes)) == len(function.nodes) == len(kinds)


def preorder(node: ast.AST) -> list[type]:
    """As it is defined: docstrings and load/store marks go, all else is there."""
    documented = None
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        documented = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    found = [type(node)]
    for child in ast.iter_child_nodes(node):
        if child is not documented and not isinstance(child, ast.expr_context):
            found += preorder(child)
    return found


def test_one_pass_finds_what_the_definition_finds() -> None:
    """Every function of real files, in the order of `ast.walk`: the same types, one character each."""
    characters: dict[str, type] = {}
    for name in ("ast.py", "dataclasses.py", "asyncio/base_events.py", "typing.py", "heapq.py"):
        text = (Path(sysconfig.get_paths()["stdlib"]) / name).read_text("utf-8")
        walked = [
            node for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]  # fmt: skip
        found = functions_of(text)
        assert [function.name for function in found] == [node.name for node in walked]
        for function, node in zip(found, walked, strict=True):
            kinds = preorder(node)
            assert len(kinds) == len(function.nodes)
            for character, kind in zip(function.nodes, kinds, strict=True):
                assert characters.setdefault(character, kind) is kind
    assert len(characters) == len(set(characters.values())) > 50
