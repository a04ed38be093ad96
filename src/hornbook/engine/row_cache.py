"""Results that are known: a pure function of a row's content is done once for each row.

A result is found by what was done (the work, its version, what it was fitted on) and by the row's
identity, so it survives whatever does not change it: more documents, another number of workers,
other cuts into jobs, another run. A refitted forest has another key, so all scores are done again
and no feature.

One SQLite file a key, in the folder `rows` of the cache. Nothing in it is believed blindly: each
result carries a checksum, and a file that SQLite can't read is put aside. Trouble with the cache
costs time, never a result and never a run.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hornbook.engine.executors import Executor
from hornbook.engine.jobs import JobFailure, Work
from hornbook.engine.rows import rows_as_done
from hornbook.storage import canonical_json, digest

FOLDER = "rows"
_APPLICATION = 0x486F7252
_VERSION = 1
_TABLE = "CREATE TABLE results (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_ASK = 500
"""Keys in one question; SQLite allows 999 in the oldest builds about."""
_SUM = 8
_JSON, _BYTES = b"j", b"b"


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked for: a row's identity, and what the work is given of it."""

    id: str
    payload: Any


@dataclass
class RowCounts:
    """What became of the rows: asked = known + done + failed."""

    asked: int = 0
    known: int = 0
    """Found in the cache, or asked for before."""
    done: int = 0
    failed: int = 0


@dataclass
class RowCache:
    """The results of one work under one key. `counts` goes on through its life.

    A result is JSON, or bytes as they are. `window_rows` and `window_bytes` bound how much is in
    memory at a time (bytes of payloads that are text or bytes).
    """

    path: Path
    warn: Callable[[str], None] = lambda message: None
    window_rows: int = 4_000
    window_bytes: int = 64_000_000
    counts: RowCounts = field(default_factory=RowCounts)
    _file: sqlite3.Connection | None = field(default=None, repr=False)
    _open: bool = field(default=False, repr=False)

    @staticmethod
    def of(
        cache: Path, work: Work, key: str, warn: Callable[[str], None] = lambda message: None
    ) -> RowCache:
        """The results of `work` in the folder `cache`. `key` is a digest of all that a result
        depends on besides the row and the work's code, such as the digest of a forest."""
        name = f"{type(work).__name__}-{digest([type(work).__name__, work.version, key])[:32]}"
        return RowCache(cache / FOLDER / f"{name}.sqlite", warn)

    def get(self, ids: Sequence[str]) -> dict[str, Any]:
        """The known results among `ids`."""
        by_key = {_key(row): row for row in ids}
        found: dict[str, Any] = {}
        keys = sorted(by_key)
        for start in range(0, len(keys), _ASK):
            part = keys[start : start + _ASK]
            marks = ",".join("?" * len(part))
            for key, value in self._do(
                f"SELECT key, value FROM results WHERE key IN ({marks})",  # noqa: S608 - only ?
                part,
            ):
                whole, result = _read(key, value)
                if whole:
                    found[by_key[key]] = result
        return found

    def put(self, results: Mapping[str, Any]) -> None:
        """Keep results. All of them are there afterwards, or none."""
        pairs = sorted((key := _key(row), _value(key, value)) for row, value in results.items())
        file = self._connection()
        if file is None or not pairs:
            return
        try:
            with file:
                file.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", pairs)
        except sqlite3.Error as error:
            self._trouble(error)

    def close(self) -> None:
        if self._file is not None:
            with suppress(sqlite3.Error):
                self._file.close()
        self._file, self._open = None, False

    def _do(self, question: str, values: Sequence[bytes]) -> list[tuple[Any, Any]]:
        file = self._connection()
        if file is None:
            return []
        try:
            return file.execute(question, values).fetchall()
        except sqlite3.Error as error:
            self._trouble(error)
            return []

    def _connection(self) -> sqlite3.Connection | None:
        if not self._open:
            self._open = True
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = _checked(self.path)
            except (sqlite3.Error, OSError) as error:
                self._trouble(error)
        return self._file

    def _trouble(self, error: Exception) -> None:
        """A damaged file is put aside and begun anew; anything else ends the use of the cache."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(sqlite3.Error):
                file.close()
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        )
        if not damaged:
            self.warn(f"{self.path}: not used any further ({error}); the work goes on without it")
            return
        aside = self.path.with_name(self.path.name + ".damaged")
        self.warn(f"{self.path}: {error}; moved to {aside.name}, its results are done again")
        try:
            os.replace(self.path, aside)
            for rest in ("-wal", "-shm"):
                self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
            self._file = _checked(self.path)
        except (sqlite3.Error, OSError) as again:
            self.warn(f"{self.path}: not used any further ({again}); the work goes on without it")


def cached_rows(
    executor: Executor, work: Work, rows: Iterable[Row], cache: RowCache, rows_per_job: int = 40
) -> Iterator[tuple[Row, Any | JobFailure]]:
    """Each row with its result, or why it has none, in the order of `rows`.

    Only what `cache` does not hold is done. A failure is not kept, so the next run tries it again.
    What was done before an interruption is there afterwards.
    """
    for window in _windows(rows, cache.window_rows, cache.window_bytes):
        wanted = {row.id: row for row in window}
        results: dict[str, Any | JobFailure] = cache.get(list(wanted))
        missing = [row for row in wanted.values() if row.id not in results]
        payloads = [row.payload for row in missing]
        failed = 0
        for first, values in rows_as_done(executor, work, payloads, rows_per_job):
            part = {missing[first + n].id: _plain(value) for n, value in enumerate(values)}
            good = {name: v for name, v in part.items() if not isinstance(v, JobFailure)}
            cache.put(good)
            results.update(part)
            failed += len(part) - len(good)
        counts = cache.counts
        counts.asked += len(window)
        counts.failed += failed
        counts.done += len(missing) - failed
        counts.known += len(window) - len(missing)
        for row in window:
            result = results[row.id]
            failure = isinstance(result, JobFailure)
            yield row, JobFailure(row.id, result.reason) if failure else result


def _windows(rows: Iterable[Row], most: int, most_bytes: int) -> Iterator[list[Row]]:
    window: list[Row] = []
    size = 0
    for row in rows:
        window.append(row)
        size += len(row.payload) if isinstance(row.payload, str | bytes) else 0
        if len(window) >= most or size >= most_bytes:
            yield window
            window, size = [], 0
    if window:
        yield window


def _plain(result: Any) -> Any:
    """As it will be read another time: a tuple is a list, and a number that names a field is text."""
    return result if isinstance(result, JobFailure | bytes) else json.loads(canonical_json(result))


def _key(row: str) -> bytes:
    return hashlib.blake2b(row.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _checksum(key: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(key + body, digest_size=_SUM, person=b"hornbook rows").digest()


def _value(key: bytes, result: Any) -> bytes:
    if isinstance(result, bytes):
        body = _BYTES + result
    else:
        body = _JSON + canonical_json(result).encode("utf-8", "surrogatepass")
    return _checksum(key, body) + body


def _read(key: bytes, value: object) -> tuple[bool, Any]:
    """Whether the row is what this program wrote, and the result."""
    if not isinstance(value, bytes) or _checksum(key, value[_SUM:]) != value[:_SUM]:
        return False, None
    kind, body = value[_SUM : _SUM + 1], value[_SUM + 1 :]
    return True, body if kind == _BYTES else json.loads(body.decode("utf-8", "surrogatepass"))


def _checked(path: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` for a file that is damaged or another program's."""
    # Threads may pass it on, but never use it at the same time: one executor calls it.
    file = sqlite3.connect(path, timeout=60, isolation_level="IMMEDIATE", check_same_thread=False)
    try:
        file.execute("PRAGMA trusted_schema = OFF")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = NORMAL")
        with file:
            file.execute("BEGIN IMMEDIATE")
            tables = [sql for (sql,) in file.execute("SELECT sql FROM sqlite_master") if sql]
            if not tables:
                file.execute(_TABLE)
                file.execute(f"PRAGMA application_id = {_APPLICATION}")
                file.execute(f"PRAGMA user_version = {_VERSION}")
                tables = [_TABLE]
            marks = [
                file.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("application_id", "user_version")
            ]
        if tables != [_TABLE] or marks != [_APPLICATION, _VERSION]:
            raise sqlite3.DatabaseError("another program's or version's tables")
    except BaseException:
        file.close()
        raise
    return file
