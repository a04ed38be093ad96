"""Programs as trees in which names don't count: equal trees are the same program.

Names that the program binds itself (functions, arguments, variables) are numbered in the order
they first appear; attributes, built-ins and constants stay. Docstrings and annotations go.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator

DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
"""What may begin with a docstring."""


def parse_quietly(source: str) -> ast.Module:
    """`ast.parse` without Python's warnings: a stranger's doubtful escape sequences are not news
    for whoever reads our output."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def canonical_tree(source: str) -> str:
    """The tree of `source` as text. Raises `SyntaxError` (or `ValueError`, `RecursionError`).

    >>> canonical_tree("def f(a):\\n    '''Doc.'''\\n    return a + 1") == canonical_tree("def g(x): return x + 1")
    True
    >>> canonical_tree("def f(a): return a + 1") == canonical_tree("def f(a): return a + 2")
    False
    """
    tree = parse_quietly(source)
    bound = {name: f"v{number}" for number, name in enumerate(dict.fromkeys(_bound(tree)))}
    for node in ast.walk(tree):
        _strip(node)
        if isinstance(node, ast.Name):
            node.id = bound.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = bound.get(node.arg, node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.name = bound.get(node.name, node.name)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            node.name = bound[node.name]
    return ast.dump(tree)


def tree_fingerprint(source: str) -> str:
    """The sha256 of `canonical_tree(source)`."""
    return hashlib.sha256(canonical_tree(source).encode()).hexdigest()


def docstring_of(node: ast.AST) -> ast.stmt | None:
    """The statement that documents a function, a class or a module, if one does."""
    if isinstance(node, DOCUMENTED) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            return first if isinstance(first.value.value, str) else None
    return None


def _strip(node: ast.AST) -> None:
    documented = docstring_of(node)
    if documented is not None and isinstance(node, DOCUMENTED):
        node.body = node.body[1:]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node.returns = None
    if isinstance(node, ast.arg):
        node.annotation = None


def _bound(tree: ast.AST) -> Iterator[str]:
    """Names the program binds, in the order of its text."""
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append((node.lineno, node.col_offset, node.name))
        elif isinstance(node, ast.arg):
            found.append((node.lineno, node.col_offset, node.arg))
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.append((node.lineno, node.col_offset, node.name))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append((node.lineno, node.col_offset, node.id))
    return (name for *_, name in sorted(found))
