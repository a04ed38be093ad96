"""What a piece of code does: shares of syntax nodes, and how its names are bound and used."""

from __future__ import annotations

import ast
import builtins
import math
import sys
import textwrap
import warnings
from dataclasses import dataclass, field

NODES = (
    "Module", "FunctionDef", "AsyncFunctionDef", "ClassDef", "Return", "Delete", "Assign",
    "AugAssign", "AnnAssign", "For", "While", "If", "With", "Raise", "Try", "Assert", "Import",
    "ImportFrom", "Global", "Nonlocal", "Expr", "Pass", "Break", "Continue", "BoolOp", "NamedExpr",
    "BinOp", "UnaryOp", "Lambda", "IfExp", "Dict", "Set", "ListComp", "SetComp", "DictComp",
    "GeneratorExp", "Await", "Yield", "YieldFrom", "Compare", "Call", "JoinedStr", "Constant",
    "Attribute", "Subscript", "Starred", "Name", "List", "Tuple", "Slice", "ExceptHandler",
    "arguments", "arg", "keyword", "alias", "withitem", "comprehension",
    "Add", "Sub", "Mult", "Div", "FloorDiv", "Mod", "Pow", "BitAnd", "BitOr", "BitXor", "LShift",
    "RShift", "MatMult", "And", "Or", "Not", "Invert", "USub", "Eq", "NotEq", "Lt", "LtE", "Gt",
    "GtE", "Is", "IsNot", "In", "NotIn",
)  # fmt: skip
_INDEX = {name: index for index, name in enumerate(NODES)}
DEEPEST = 1000
"""Deeper trees count as unparsable: whether Python parses them hangs on how deep its caller is."""
_SKIPPED = (ast.Load, ast.Store, ast.Del)
_BUILTINS = frozenset(dir(builtins))
_LOOPS = (ast.For, ast.While, ast.comprehension)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

NAMES = (
    *(f"node_{name}" for name in NODES),
    "log_nodes", "parsed", "mean_depth", "deepest", "functions", "methods", "documented",
    "mean_function", "longest_function", "arguments_each", "annotated_arguments", "returning",
    "decorated", "recursive", "loops_each", "nested_loops", "bound_names", "builtin_names",
    "unknown_names", "self_names", "builtin_calls", "local_calls", "method_calls", "foreign_calls",
    "library_imports", "foreign_imports", "relative_imports", "text_constants",
    "number_constants", "literal_items", "test_functions", "private_functions", "dunder_methods",
    "bases", "print_calls", "arithmetic", "branches_each", "local_reads", "mean_body", "constants_top",
)  # fmt: skip


@dataclass
class Seen:
    """What one walk over a tree collects."""

    kinds: list[int] = field(default_factory=lambda: [0] * len(NODES))
    nodes: int = 0
    depths: int = 0
    deepest: int = 0
    nested_loops: int = 0
    recursive: int = 0
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=list)
    classes: list[ast.ClassDef] = field(default_factory=list)
    calls: list[ast.expr] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    constants: list[object] = field(default_factory=list)
    items: int = 0
    library: int = 0
    foreign: int = 0
    relative: int = 0


def parse(text: str) -> ast.Module | None:
    """The tree, or None for what Python 3 can't parse. An indented piece is parsed dedented."""
    for attempt in (text, textwrap.dedent(text)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(attempt)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def walk(tree: ast.AST) -> Seen:
    """Visit every node once, without recursion, so that depth costs nothing."""
    seen = Seen()
    stack: list[tuple[ast.AST, int, int, frozenset[str]]] = [(tree, 0, 0, frozenset())]
    while stack:
        node, depth, loops, inside = stack.pop()
        seen.nodes += 1
        seen.depths += depth
        seen.deepest = max(seen.deepest, depth)
        index = _INDEX.get(type(node).__name__)
        if index is not None:
            seen.kinds[index] += 1
        if isinstance(node, _FUNCTIONS):
            inside, loops = inside | {node.name}, 0
        elif isinstance(node, _LOOPS):
            loops += 1
            seen.nested_loops += loops > 1
        _note(seen, node, inside)
        stack.extend(
            (child, depth + 1, loops, inside)
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, _SKIPPED)
        )
    return seen


def _note(seen: Seen, node: ast.AST, inside: frozenset[str]) -> None:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            seen.loads.append(node.id)
        else:
            seen.bound.add(node.id)
    elif isinstance(node, ast.Constant):
        seen.constants.append(node.value)
    elif isinstance(node, ast.Call):
        seen.calls.append(node.func)
        if isinstance(node.func, ast.Name) and node.func.id in inside:
            seen.recursive += 1
    elif isinstance(node, ast.arg):
        seen.bound.add(node.arg)
    elif isinstance(node, _FUNCTIONS):
        seen.functions.append(node)
        seen.bound.add(node.name)
    elif isinstance(node, ast.ClassDef):
        seen.classes.append(node)
        seen.bound.add(node.name)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        seen.items += len(node.elts)
    elif isinstance(node, ast.Dict):
        seen.items += len(node.keys)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        _note_import(seen, node)
    elif isinstance(node, ast.ExceptHandler) and node.name:
        seen.bound.add(node.name)


def _note_import(seen: Seen, node: ast.Import | ast.ImportFrom) -> None:
    seen.bound.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.level:
        seen.relative += 1
        return
    modules = (
        [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
    )
    for module in modules:
        if module.partition(".")[0] in sys.stdlib_module_names:
            seen.library += 1
        else:
            seen.foreign += 1


def syntax_features(text: str) -> list[float]:
    """The numbers called `NAMES`; all zero for what can't be parsed, so `parsed` tells.

    >>> code = "def double(x):\\n    return 2 * x\\n"
    >>> features = dict(zip(NAMES, syntax_features(code)))
    >>> features["parsed"], features["functions"] > 0, features["unknown_names"]
    (1.0, True, 0.0)
    """
    tree = parse(text)
    seen = walk(tree) if tree is not None else None
    if tree is None or seen is None or seen.deepest > DEEPEST:
        return [0.0] * len(NAMES)
    return [*(count / seen.nodes for count in seen.kinds), *_shape(seen), *_binding(seen, tree)]


def _shape(seen: Seen) -> list[float]:
    functions, nodes = seen.functions, seen.nodes
    count = max(len(functions), 1)
    lengths = [(f.end_lineno or f.lineno) - f.lineno + 1 for f in functions] or [0]
    arguments = [
        a for f in functions for a in (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs)
    ]
    own = [a for a in arguments if a.arg not in ("self", "cls")]
    return [
        math.log1p(nodes), 1.0, seen.depths / nodes, float(seen.deepest),
        math.log1p(len(functions)), (len(arguments) - len(own)) / count,
        sum(ast.get_docstring(f, clean=False) is not None for f in functions) / count,
        math.log1p(sum(lengths) / count), math.log1p(max(lengths)), len(own) / count,
        sum(a.annotation is not None for a in own) / max(len(own), 1),
        seen.kinds[_INDEX["Return"]] / count,
        sum(len(f.decorator_list) for f in functions) / count, seen.recursive / count,
        (seen.kinds[_INDEX["For"]] + seen.kinds[_INDEX["While"]]) / count,
        seen.nested_loops / count,
    ]  # fmt: skip


def _binding(seen: Seen, tree: ast.Module) -> list[float]:
    loads, calls, functions = max(len(seen.loads), 1), max(len(seen.calls), 1), seen.functions
    count, nodes = max(len(functions), 1), seen.nodes
    own = sum(name in ("self", "cls") for name in seen.loads)
    bound = sum(name in seen.bound for name in seen.loads)
    known = sum(name in _BUILTINS and name not in seen.bound for name in seen.loads)
    direct = [call.id for call in seen.calls if isinstance(call, ast.Name)]
    names = {f.name for f in functions} | {c.name for c in seen.classes}
    builtin = sum(name in _BUILTINS for name in direct)
    local = sum(name in names for name in direct)
    methods = sum(isinstance(call, ast.Attribute) for call in seen.calls)
    bodies = [len(f.body) for f in functions]
    texts = sum(isinstance(value, str) for value in seen.constants)
    numbers = sum(isinstance(value, int | float | complex) for value in seen.constants)
    arithmetic = sum(seen.kinds[_INDEX[k]] for k in ("BinOp", "Compare", "AugAssign", "BoolOp"))
    top = sum(isinstance(node, ast.Assign | ast.AnnAssign) for node in tree.body)
    return [
        bound / loads, known / loads, (len(seen.loads) - bound - known) / loads, own / loads,
        builtin / calls, local / calls, methods / calls,
        (len(direct) - builtin - local) / calls,
        math.log1p(seen.library), math.log1p(seen.foreign), math.log1p(seen.relative),
        texts / nodes, numbers / nodes, seen.items / nodes,
        sum(f.name.lower().startswith("test") for f in functions) / count,
        sum(f.name.startswith("_") for f in functions) / count,
        sum(f.name.startswith("__") for f in functions) / count,
        sum(len(c.bases) for c in seen.classes) / max(len(seen.classes), 1),
        direct.count("print") / calls, arithmetic / nodes,
        seen.kinds[_INDEX["If"]] / count, (bound - own) / nodes,
        sum(bodies) / count, top / max(len(tree.body), 1),
    ]  # fmt: skip
