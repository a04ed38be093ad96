"""Verdicts that are already known: within one evaluation, and between evaluations.

Both are small SQLite files. The first is private, lies in a temporary place and knows everything
judged so far but what was lost, so that equal samples are judged once. The second, the cache, is
shared by all processes of a user. It holds what a repetition can't change: passed, failed, memory.
What it says is not believed blindly: a row that is not exactly what this program writes is not
there, and a file that is not this program's is put aside.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import hornbook.sandbox
from hornbook.evaluate.rows import Ruling
from hornbook.records import Problem, content_id
from hornbook.sandbox import Limits, Sandbox
from hornbook.storage import canonical_json, digest

CACHED = ("passed", "failed", "memory")
REMEMBERED = (*CACHED, "timed_out")
FILE = "verdicts.sqlite"
_APPLICATION = 0x486F7262
_VERSION = 1
_TABLE = "CREATE TABLE verdicts (key TEXT PRIMARY KEY, row TEXT NOT NULL, sum TEXT NOT NULL)"
_PAGES = 262_144
"""Of 4,096 bytes: the file stays under 1 GB; after that nothing more is kept."""
_WRITE_EVERY = 500
_WRITE_SECONDS = 1.0

Warn = Callable[[str], None]


def problem_digest(problem: Problem) -> str:
    """The identity of what a completion is held against."""
    return digest(
        {
            "prompt": problem.prompt,
            "setup": problem.setup,
            "test": problem.test,
            "inputs": problem.inputs,
            "canonical": problem.canonical_solution,
            "atol": problem.atol,
            "entry_point": problem.entry_point,
        }
    )


def benchmark_digest(problems: Sequence[Problem]) -> str:
    """The identity of a benchmark: its problems in order."""
    return digest([[problem.task_id, problem_digest(problem)] for problem in problems])


@lru_cache(maxsize=1)
def sandbox_version() -> str:
    """The digest of the sandbox's own code: verdicts of another version are not used."""
    root = Path(hornbook.sandbox.__file__).parent
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        data = path.read_bytes()
        whole.update(f"{path.relative_to(root).as_posix()}\n{len(data)}\n".encode() + data)
    return whole.hexdigest()


def conditions(sandbox: Sandbox, limits: Limits) -> dict[str, object]:
    """All that a verdict depends on besides the program and its tests."""
    return {
        "tier": sandbox.tier,
        "layers": str(getattr(sandbox, "layers", "")),
        "limits": asdict(limits),
        "python": platform.python_version(),
        "sandbox": sandbox_version(),
    }


class Keys:
    """The keys of checks under fixed conditions."""

    def __init__(self, under: dict[str, object]) -> None:
        self._under = digest(under)

    def key(self, tests: str, program: str) -> str:
        """`tests` is a `problem_digest`. Of a program only its line ends are made alike, as the
        compiler does."""
        same = program.replace("\r\n", "\n").replace("\r", "\n")
        return content_id(f"{self._under}\n{tests}\n{content_id(same)}")


class Store:
    """A table of rulings in one SQLite file. Trouble with the file ends its use, never a run."""

    def __init__(self, path: Path | None, kinds: tuple[str, ...], warn: Warn) -> None:
        self._path = path
        self._kinds = kinds
        self._warn = warn
        self._waiting: dict[str, Ruling] = {}
        self._written = time.monotonic()
        self._file: sqlite3.Connection | None = None
        try:
            self._file = _opened(path, warn)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    def get(self, key: str, tier: str) -> Ruling | None:
        """The ruling under `key`, if it is whole and was made under `tier`."""
        if key in self._waiting:
            return self._waiting[key]
        if self._file is None:
            return None
        try:
            found = self._file.execute(
                "SELECT row, sum FROM verdicts WHERE key = ?", (key,)
            ).fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._give_up(error)
            return None
        ruling = _read(key, *found) if found else None
        if ruling is None or ruling.tier != tier or ruling.verdict not in self._kinds:
            return None
        return ruling

    def put(self, key: str, ruling: Ruling) -> None:
        """Keep a ruling. It is written together with others, so that the file is held for moments."""
        if self._file is None or ruling.verdict not in self._kinds:
            return
        self._waiting[key] = ruling
        late = time.monotonic() - self._written > _WRITE_SECONDS
        if late or len(self._waiting) >= _WRITE_EVERY:
            self._write()

    def close(self) -> None:
        self._write()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self) -> None:
        rows = [(key, canonical_json(asdict(ruling))) for key, ruling in self._waiting.items()]
        self._waiting, self._written = {}, time.monotonic()
        if self._file is None or not rows:
            return
        try:
            with self._file:
                self._file.executemany(
                    "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)",
                    [(key, row, _sum(key, row)) for key, row in rows],
                )
        except (sqlite3.Error, UnicodeEncodeError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(sqlite3.Error):
                file.close()
        where = self._path or "verdicts of this evaluation"
        self._warn(f"{where}: not used any further ({error}); the evaluation goes on without it")


def _opened(path: Path | None, warn: Warn) -> sqlite3.Connection:
    if path is None:
        file = sqlite3.connect("", isolation_level="DEFERRED")
        file.execute(_TABLE)
        return file
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _checked(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            # Busy, full, not to be written: no reason to think that the file is bad.
            raise
        aside = path.with_name(path.name + ".damaged")
        os.replace(path, aside)
        warn(f"{path}: not a verdict cache of this version ({error}); moved to {aside.name}")
        return _checked(path)


def _checked(path: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` for a file that is damaged or another program's."""
    file = sqlite3.connect(path, timeout=20, isolation_level="DEFERRED")
    try:
        file.execute("PRAGMA trusted_schema = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.execute(f"PRAGMA max_page_count = {_PAGES}")
        file.execute("BEGIN IMMEDIATE")
        schema = [
            sql for (sql,) in file.execute("SELECT sql FROM sqlite_master") if sql is not None
        ]
        if not schema:
            file.execute(_TABLE)
            file.execute(f"PRAGMA application_id = {_APPLICATION}")
            file.execute(f"PRAGMA user_version = {_VERSION}")
            schema = [_TABLE]
        marks = (
            file.execute("PRAGMA application_id").fetchone()[0],
            file.execute("PRAGMA user_version").fetchone()[0],
        )
        file.commit()
        if schema != [_TABLE] or marks != (_APPLICATION, _VERSION):
            raise sqlite3.DatabaseError("another program's or version's tables")
    except BaseException:
        file.close()
        raise
    return file


def _sum(key: str, row: str) -> str:
    return content_id(f"{_VERSION}\n{key}\n{row}")


def _read(key: str, row: object, checksum: object) -> Ruling | None:
    if not isinstance(row, str) or not isinstance(checksum, str) or checksum != _sum(key, row):
        return None
    try:
        value = json.loads(row)
    except (ValueError, RecursionError):
        return None
    ruling = Ruling.read(value) if isinstance(value, dict) else None
    return ruling if ruling is not None and canonical_json(asdict(ruling)) == row else None
