"""From the authors' rows to `Problem` records."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hornbook.benchmarks.agreement import OWN_RULES, rule
from hornbook.benchmarks.catalogue import Entry
from hornbook.benchmarks.inputs import inputs_text, mbppplus_arguments
from hornbook.benchmarks.lines import numbered_rows, unpacked
from hornbook.errors import SourceError
from hornbook.records import Problem

Row = dict[str, Any]

LEFT_OUT = {"Mbpp/255": (88, 89, 93, 99, 103)}
"""Inputs (base, then plus, from 0) that are not asked: their results are 25 MB to 1 GB of text each,
and take 6 GB of memory. All others of HumanEval+ and MBPP+ have results under 13 MB."""


def load(entry: Entry, path: Path) -> list[Problem]:
    """The problems of a known benchmark, in the file's order.

    Raises `SourceError` for a file that is cut short or has other rows than the published one.
    """
    rows = _rows_of(path)
    if len(rows) != entry.rows:
        raise SourceError(f"{path}: {len(rows)} rows, {entry.rows} expected; copy it again")
    if entry.name == "mbpp":
        rows = [row for row in rows if 11 <= row["task_id"] <= 510]
    try:
        return [_MAKERS[entry.name](row, entry.name) for row in rows]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(
            f"{path}: not {entry.title} as published ({type(error).__name__}: {error});"
            " copy it again"
        ) from error


def load_problem_file(path: Path) -> list[Problem]:
    """Problems that a run wrote itself (`Problem` rows as JSON lines)."""
    try:
        return [Problem(**row) for _, row in numbered_rows(path)]
    except TypeError as error:
        raise SourceError(f"{path}: not a problem file of this version ({error})") from error


def _rows_of(path: Path) -> list[Row]:
    if path.suffix != ".json":
        return [row for _, row in numbered_rows(path)]
    try:
        rows = json.loads(unpacked(path))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: cut short or not JSON ({error}); copy it again") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceError(f"{path}: not a list of problems; copy it again")
    return rows


def _public(row: Row, benchmark: str, **columns: Any) -> Problem:
    task_id = columns.pop("task_id", row.get("task_id"))
    return Problem(
        task_id=task_id,
        benchmark=benchmark,
        label="public",
        family=task_id,
        trusted=True,
        **columns,
    )


def _humaneval(row: Row, benchmark: str) -> Problem:
    return _public(
        row,
        benchmark,
        prompt=row["prompt"],
        entry_point=row["entry_point"],
        canonical_solution=row["canonical_solution"],
        test=row["test"],
    )


def _humanevalplus(row: Row, benchmark: str) -> Problem:
    """HumanEval's own tests, then every input on which the canonical solution is followed. (Mini has
    the inputs only.) `contract` says which inputs may be made, not what is right: it is left out."""
    return _public(
        row,
        benchmark,
        prompt=row["prompt"],
        entry_point=row["entry_point"],
        canonical_solution=row["canonical_solution"],
        test=row.get("test", ""),
        setup=rule(row["task_id"], row["atol"]),
        inputs=inputs_text([*row["base_input"], *row["plus_input"]]),
        atol=float(row["atol"]),
    )


def _mbppplus(row: Row, benchmark: str) -> Problem:
    """Its assertions, then the inputs. Where a task has a rule of its own the assertions are left out,
    for they are narrower than it (an order that the statement leaves open); their inputs stay."""
    task_id, name = row["task_id"], row["entry_point"]
    every = enumerate([*row["base_input"], *row["plus_input"]])  # Mbpp/793 has none: `{}`
    left_out = LEFT_OUT.get(task_id, ())
    arguments = [mbppplus_arguments(task_id, each) for at, each in every if at not in left_out]
    return _public(
        row,
        benchmark,
        prompt=row["prompt"],
        entry_point=name,
        canonical_solution=row["canonical_solution"],
        # Mbpp/120 takes `math` for granted.
        test="" if task_id in OWN_RULES else "import math\n" + _check(name, [row["assertion"]]),
        setup=rule(task_id, row["atol"]),
        inputs=inputs_text(arguments),
        atol=float(row["atol"]),
    )


def _mbpp(row: Row, benchmark: str) -> Problem:
    """A docstring of the task and its first test, and nothing of the code: the zero-shot form
    that the BigCode harness made common. The model writes the whole function."""
    code = row["code"].replace("\r\n", "\n")
    first = row["test_list"][0]
    called = re.findall(r"(\w+)\s*\(", first)
    entry_point = next(name for name in called if re.search(rf"def\s+{name}\s*\(", code))
    return _public(
        row,
        benchmark,
        task_id=f"MBPP/{row['task_id']}",
        prompt=f'"""\n{row["text"] if "text" in row else row["prompt"]}\n{first}\n"""\n',
        entry_point=entry_point,
        canonical_solution=code,
        test=_check(entry_point, row["test_list"]),
        setup=row.get("test_setup_code", "\n".join(row.get("test_imports", ()))).replace(
            "\r\n", "\n"
        ),
    )


def _check(entry_point: str, tests: Sequence[str]) -> str:
    """Assertions as `check(candidate)`; by the argument's name, for two tasks of MBPP call their own
    function `check`.

    >>> print(_check("f", ["assert f(1) == 2"]), end="")
    def check(candidate):
        assert candidate(1) == 2
    """
    called = [re.sub(rf"\b{entry_point}\s*\(", "candidate(", test.strip()) for test in tests]
    lines = "\n".join(f"    {line}" for test in called for line in test.splitlines())
    return f"def check(candidate):\n{lines}\n"


_MAKERS: dict[str, Callable[[Row, str], Problem]] = {
    "humaneval": _humaneval,
    "humanevalplus": _humanevalplus,
    "humanevalplus-mini": _humanevalplus,
    "mbpp": _mbpp,
    "mbpp-all": _mbpp,
    "mbpp-sanitized": _mbpp,
    "mbppplus": _mbppplus,
}
