"""How alike two functions are when names, comments and docstrings don't count (phi-1 5).

The paper's "AST match rate" has no published formula. Ours is named `node_seq_lev`: functions
become sequences of node types in preorder, and the rate is 1 - edits / length of the longer. One
character stands for each node type, so a compiled edit distance does the work.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from hornbook.similarity.trees import DOCUMENTED, docstring_of, parse_quietly

_FIRST_CHARACTER = 0x100
_NEVER_NODES = {
    "ctx",
    "id",
    "attr",
    "kind",
    "module",
    "level",
    "type_comment",
    "is_async",
    "simple",
}
"""Fields that hold text, numbers, or the load/store marks, which don't count."""
_KINDS: dict[type[ast.AST], tuple[str, tuple[str, ...]]] = {
    kind: (
        chr(_FIRST_CHARACTER + number),
        () if kind is ast.Constant else tuple(f for f in kind._fields if f not in _NEVER_NODES),
    )
    for number, (_, kind) in enumerate(
        sorted((name, kind) for name, kind in vars(ast).items() if isinstance(kind, type))
    )
    if issubclass(kind, ast.AST)
}
"""Of each node type its character, and the fields that may hold nodes."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of some text, ready to be compared."""

    name: str
    nodes: str
    """Its node types in preorder, one character each."""
    tree: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def source(self) -> str:
        """The function alone. Written from its tree, for cutting it out of a file's text costs the
        whole file's length each time."""
        return ast.unparse(self.tree)


def functions_of(source: str) -> list[Function]:
    """Every function and method of a program, nested ones too; none if it can't be parsed.

    >>> [f.name for f in functions_of("def a():\\n    def b(): pass")]
    ['a', 'b']
    """
    try:
        tree = parse_quietly(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    nodes, spans = _preorder(tree)
    # Outer functions first, as by `ast.walk`.
    spans.sort(key=lambda span: span.depth)
    return [Function(span.tree.name, nodes[span.start : span.end], span.tree) for span in spans]


@dataclass(slots=True)
class _Span:
    """Where a function's nodes lie among those of the program."""

    tree: ast.FunctionDef | ast.AsyncFunctionDef
    depth: int
    start: int
    end: int = 0


def _preorder(tree: ast.Module) -> tuple[str, list[_Span]]:
    """All nodes but docstrings, a character each, in one pass; and the functions among them."""
    characters: list[str] = []
    spans: list[_Span] = []
    waiting: list[ast.AST | _Span] = [tree]
    depths = [0]
    while waiting:
        node, depth = waiting.pop(), depths.pop()
        if isinstance(node, _Span):
            node.end = len(characters)
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            spans.append(_Span(node, depth, len(characters)))
            waiting.append(spans[-1])
            depths.append(depth)
        character, fields = _KINDS[node.__class__]
        characters.append(character)
        below = _children(node, fields) if fields else ()
        if below:
            waiting.extend(reversed(below))
            depths.extend([depth + 1] * len(below))
    return "".join(characters), spans


def _children(node: ast.AST, fields: tuple[str, ...]) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name in fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    if isinstance(node, DOCUMENTED):
        documented = docstring_of(node)
        return [child for child in found if child is not documented]
    return found


@dataclass
class SyntaxIndex:
    """Named functions to compare others with. Functions under `min_nodes` nodes are left out: a
    loop with one condition has the same shape whatever it means.

    >>> index = SyntaxIndex(threshold=0.9, min_nodes=5)
    >>> index.add("t", "def total(xs):\\n    s = 0\\n    for x in xs:\\n        s += x\\n    return s")
    True
    >>> index.nearest(functions_of("def f(v):\\n    a = 1\\n    for i in v:\\n        a += i\\n    return a"))
    [('t', 1.0, 'f')]
    """

    threshold: float = 0.95
    min_nodes: int = 20
    names: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)

    def add(self, name: str, source: str) -> bool:
        """Index the functions of `source`; False where all of them are too short or unparsable."""
        long_enough = [f for f in functions_of(source) if len(f.nodes) >= self.min_nodes]
        for function in long_enough:
            self.names.append(name)
            self.nodes.append(function.nodes)
        return bool(long_enough)

    def nearest(self, functions: Sequence[Function]) -> list[tuple[str, float, str]]:
        """(indexed name, match rate, function name) for all pairs at or above the threshold."""
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import cdist

        found: dict[str, tuple[float, str]] = {}
        queries = [f for f in functions if len(f.nodes) >= self.min_nodes * self.threshold]
        if not queries or not self.nodes:
            return []
        rates = cdist(
            [f.nodes for f in queries],
            self.nodes,
            scorer=Levenshtein.normalized_similarity,
            # A rate of exactly the threshold gets lost in the cutoff's own rounding.
            score_cutoff=self.threshold - 1e-6,
            workers=1,
        )
        for row, column in zip(*rates.nonzero(), strict=True):
            name, rate = self.names[column], round(float(rates[row, column]), 4)
            if rate > found.get(name, (0.0, ""))[0]:
                found[name] = (rate, queries[row].name)
        return [(name, rate, function) for name, (rate, function) in sorted(found.items())]
