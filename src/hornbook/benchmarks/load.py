"""From the authors' rows to `Problem` records."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hornbook.benchmarks.catalogue import Entry
from hornbook.errors import SourceError
from hornbook.records import Problem


def load(entry: Entry, path: Path) -> list[Problem]:
    """The problems of a known benchmark, in the file's order."""
    rows = list(_rows(path))
    if len(rows) != entry.rows:
        raise SourceError(f"{path}: {len(rows)} rows, {entry.rows} expected; copy it again")
    if entry.name == "mbpp":
        return [_mbpp(row) for row in rows if 11 <= row["task_id"] <= 510]
    return [_humaneval(row, entry.name) for row in rows]


def load_problem_file(path: Path) -> list[Problem]:
    """Problems that a run wrote itself (`Problem` rows as JSON lines)."""
    try:
        return [Problem(**row) for row in _rows(path)]
    except TypeError as error:
        raise SourceError(f"{path}: not a problem file of this version ({error})") from error


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    try:
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        for line in text.decode("utf-8").splitlines():
            if line.strip():
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise SourceError(
            f"{path}: cut short or not JSON lines ({error}); copy it again"
        ) from error


def _humaneval(row: dict[str, Any], benchmark: str) -> Problem:
    return Problem(
        task_id=row["task_id"],
        benchmark=benchmark,
        label="public",
        family=row["task_id"],
        prompt=row["prompt"],
        entry_point=row["entry_point"],
        canonical_solution=row["canonical_solution"],
        test=row["test"],
    )


def _mbpp(row: dict[str, Any]) -> Problem:
    """A docstring of the task and its first test, and nothing of the code: the zero-shot form
    that the BigCode harness made common. The model writes the whole function."""
    code = row["code"].replace("\r\n", "\n")
    first = row["test_list"][0]
    called = re.findall(r"(\w+)\s*\(", first)
    entry_point = next(name for name in called if re.search(rf"def\s+{name}\s*\(", code))
    # By the argument's name, for two of the tasks call their own function `check`.
    tests = [re.sub(rf"\b{entry_point}\s*\(", "candidate(", test) for test in row["test_list"]]
    checks = "\n".join(f"    {line}" for test in tests for line in test.splitlines())
    return Problem(
        task_id=f"MBPP/{row['task_id']}",
        benchmark="mbpp",
        label="public",
        family=f"MBPP/{row['task_id']}",
        prompt=f'"""\n{row["text"]}\n{first}\n"""\n',
        entry_point=entry_point,
        canonical_solution=code,
        test=f"def check(candidate):\n{checks}\n",
        setup=row["test_setup_code"].replace("\r\n", "\n"),
    )
