"""A user's own problems: a file in HumanEval's format, told apart from a catalogue name."""

from __future__ import annotations

import ast
import json
import keyword
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hornbook.benchmarks.catalogue import CATALOGUE, entry
from hornbook.benchmarks.inputs import inputs_text
from hornbook.benchmarks.lines import MAX_UNPACKED, numbered_rows
from hornbook.benchmarks.load import load
from hornbook.benchmarks.place import benchmark_folder, find
from hornbook.errors import SourceError
from hornbook.records import Problem

_TEXTS = ("task_id", "prompt", "entry_point", "canonical_solution", "test")
_FORM = "a problem file has one JSON object a line, with " + ", ".join(_TEXTS)


def problems_named(name_or_file: str) -> list[Problem]:
    """The problems of a catalogue name, or of a file of one's own.

    A catalogue name wins over a file of that name (`./humaneval` is the file). Raises `SourceError`
    where the benchmark's file is not at hand, and for a file that is not what it should be.
    """
    if any(one.name == name_or_file for one in CATALOGUE):
        one, folder = entry(name_or_file), benchmark_folder()
        path = find(one, folder)
        if path is None:
            raise SourceError(
                f"{one.name}: no {one.paths[0]} in {folder}; it comes from {one.source}; copy it there"
                " with: hornbook benchmarks import FOLDER"
            )
        return load(one, path)
    path = Path(name_or_file)
    separators = (os.sep, os.altsep or os.sep, ".json")
    if path.exists() or any(mark in name_or_file for mark in separators):
        return load_own(path)
    known = ", ".join(one.name for one in CATALOGUE)
    raise SourceError(f"`{name_or_file}` is no benchmark (known: {known}) and no file; {_FORM}")


def load_own(path: Path, limit: int = MAX_UNPACKED) -> list[Problem]:
    """The problems of a .jsonl or .jsonl.gz file in HumanEval's format, in the file's order.

    Its benchmark's name is the file's. Besides HumanEval's fields a row may have `setup` (runs before
    the tests), `inputs` (argument lists, on which the canonical solution is followed) and `atol`; other
    fields are left alone. `canonical_solution` may be empty where there are no inputs. Raises
    `SourceError` that names the line and the field.
    """
    benchmark = path.name.removesuffix(".gz").removesuffix(".jsonl")
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for number, row in numbered_rows(path, limit):
        try:
            problem = _problem(row, benchmark)
        except _Fault as fault:
            raise SourceError(f"{path}, line {number}: {fault}") from None
        first = lines.setdefault(problem.task_id, number)
        if first != number:
            raise SourceError(
                f"{path}, line {number}: task_id: `{problem.task_id}` is on line {first} already;"
                " give each problem its own"
            )
        problems.append(problem)
    if not problems:
        raise SourceError(f"{path}: holds no problems; {_FORM}")
    return problems


class _Fault(Exception):
    """What is wrong with one row: the field, then the words."""


def _problem(row: dict[str, Any], benchmark: str) -> Problem:
    texts = {name: _text(row, name) for name in _TEXTS}
    setup = _text(row, "setup") if "setup" in row else ""
    if not texts["task_id"].strip():
        raise _Fault("task_id: is empty")
    name = texts["entry_point"]
    if not name.isidentifier() or keyword.iskeyword(name):
        raise _Fault(f"entry_point: `{name}` is no name of a function")
    inputs = _inputs(row)
    if inputs and not texts["canonical_solution"].strip():
        raise _Fault("canonical_solution: is empty, and `inputs` need one to be held against")
    defined = _defined(setup, "setup") | _defined(texts["test"], "test")
    if "check" not in defined and not inputs:
        raise _Fault("test: defines no `check(candidate)`, and there are no `inputs`")
    return Problem(
        task_id=texts["task_id"],
        benchmark=benchmark,
        label="own",
        family=texts["task_id"],
        prompt=texts["prompt"],
        entry_point=name,
        canonical_solution=texts["canonical_solution"],
        test=texts["test"],
        setup=setup,
        inputs=inputs,
        atol=_atol(row),
    )


def _text(row: dict[str, Any], name: str) -> str:
    if name not in row:
        raise _Fault(f"{name}: is missing; {_FORM}")
    value = row[name]
    if not isinstance(value, str):
        raise _Fault(f"{name}: has to be a text, and is {_kind(value)}")
    _whole(value, name)
    return value


def _whole(text: str, name: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _Fault(
            f"{name}: holds half of a surrogate pair (character {error.start + 1}), which is no text"
        ) from None
    if "\x00" in text:
        raise _Fault(f"{name}: holds a NUL character, which Python source can't have")


def _defined(source: str, name: str) -> set[str]:
    """The names that a piece of test code defines at its top."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _Fault(f"{name}: is no Python ({error})") from None
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {each.id for each in node.targets if isinstance(each, ast.Name)}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {each.asname or each.name for each in node.names}
    return found


def _inputs(row: dict[str, Any]) -> str:
    value = row.get("inputs")
    if value is None or value == []:
        return ""
    if not isinstance(value, list) or not all(isinstance(each, list) for each in value):
        raise _Fault("inputs: have to be a list of argument lists, like [[1, 2], [3, 4]]")
    try:
        text = json.dumps(value, ensure_ascii=False)
        _whole(text, "inputs")
        return inputs_text([[_untagged(each) for each in arguments] for arguments in value])
    except (TypeError, ValueError, RecursionError) as error:
        raise _Fault(f"inputs: {error}") from None


def _untagged(value: Any) -> Any:
    """A value of a user's file, which may hold the tagged objects of the `inputs` column."""
    if isinstance(value, list):
        return [_untagged(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, body),) = value.items()
        if tag in _TAGS:
            return _TAGS[tag](body)
    return {key: _untagged(each) for key, each in value.items()}


_TAGS: dict[str, Callable[[Any], Any]] = {
    "__tuple__": lambda body: tuple(_untagged(each) for each in body),
    "__set__": lambda body: {_untagged(each) for each in body},
    "__complex__": lambda body: complex(*body),
    "__dict__": lambda body: {_untagged(key): _untagged(each) for key, each in body},
}


def _atol(row: dict[str, Any]) -> float:
    value = row.get("atol", 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Fault(f"atol: has to be a number, and is {_kind(value)}")
    if not 0 <= value < float("inf"):
        raise _Fault(f"atol: {value} is no tolerance; it has to be 0 or more")
    return float(value)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "none")
