"""Answers that were paid for, and what they cost: one SQLite file on a local disk.

A request that was answered is never paid twice, and what a request may cost is written down before
it is sent. So a run that is killed loses the requests under way at most, and still counts them.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from hornbook.errors import DamagedFileError, RunFolderError
from hornbook.teacher.request import Answer

FORMAT = 1
_TABLES = """
create table if not exists answers (
    key text primary key, text text not null, model text not null, finish text not null,
    max_tokens integer not null, tokens_in integer not null, tokens_out integer not null
);
create table if not exists spending (
    id integer primary key, tokens_in integer not null, tokens_out integer not null,
    price_in integer, price_out integer, state text not null
);
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens at one price, or at none. A price is in millionths of a unit a million tokens."""

    tokens_in: int
    tokens_out: int
    price_in: int | None
    price_out: int | None


class Store:
    """The file of one piece of work. One process at a time; any number of its threads."""

    def __init__(self, path: Path) -> None:
        """Raises `RunFolderError` where another process has it, `DamagedFileError` for another
        kind of file."""
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = _opened(path)
        except (sqlite3.OperationalError, OSError) as error:
            if "locked" in str(error):
                raise RunFolderError(
                    f"{path}: another process is at work on it; wait for its end"
                ) from error
            raise RunFolderError(f"{path}: {error}; choose a place that can be written") from error
        except sqlite3.DatabaseError as error:
            raise DamagedFileError(f"{path}: no store of answers ({error})") from error

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._base.close()

    def get(self, key: str) -> Answer | None:
        """The answer of that key, if it was ever given."""
        found = self._run(
            "select text, model, finish, max_tokens, tokens_in, tokens_out from answers"
            " where key = ?",
            key,
        )
        return replace(Answer(*found[0]), kept=True) if found else None

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer; a longer one takes the place of one that was cut off."""
        self._run(
            "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)",
            key,
            answer.text,
            answer.model,
            answer.finish,
            answer.max_tokens,
            answer.tokens_in,
            answer.tokens_out,
        )

    def answers(self) -> list[tuple[int, int]]:
        """(tokens in, tokens out) of every answer."""
        return self._run("select tokens_in, tokens_out from answers")

    def open(self, most: Spent) -> int:
        """Write down what a request may cost at most, before it is sent."""
        found = self._run(
            "insert into spending (tokens_in, tokens_out, price_in, price_out, state)"
            " values (?, ?, ?, ?, 'open') returning id",
            most.tokens_in,
            most.tokens_out,
            most.price_in,
            most.price_out,
        )
        return int(found[0][0])

    def settle(self, number: int, tokens_in: int, tokens_out: int) -> None:
        """What it did cost."""
        self._run(
            "update spending set tokens_in = ?, tokens_out = ?, state = 'paid' where id = ?",
            tokens_in,
            tokens_out,
            number,
        )

    def unknown(self, number: int) -> None:
        """It was sent, and nobody knows whether it was paid: it counts at its most."""
        self._run("update spending set state = 'unknown' where id = ?", number)

    def release(self, number: int) -> None:
        """It cost nothing."""
        self._run("delete from spending where id = ?", number)

    def spent(self) -> list[Spent]:
        """All that was or may have been paid, a row for each price."""
        found = self._run(
            "select sum(tokens_in), sum(tokens_out), price_in, price_out from spending"
            " group by price_in, price_out order by price_in, price_out"
        )
        return [Spent(*row) for row in found]

    def _run(self, words: str, *values: Any) -> list[Any]:
        with self._lock:
            try:
                return self._base.execute(words, values).fetchall()
            except sqlite3.OperationalError as error:
                raise RunFolderError(
                    f"{self.path}: {error}; make room, then run the same command again"
                ) from error


def _opened(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
    try:
        # Exclusive: no second process, and no shared memory that a network's disk lacks.
        base.execute("pragma locking_mode = exclusive")
        base.execute("pragma journal_mode = wal")
        base.execute("pragma synchronous = full")
        version = int(base.execute("pragma user_version").fetchone()[0])
        if version not in (0, FORMAT):
            raise DamagedFileError(f"{path}: written by another version of this program")
        base.executescript(f"{_TABLES} pragma user_version = {FORMAT};")
        # What a dead process left open may have been paid: it counts in full.
        base.execute("update spending set state = 'unknown' where state = 'open'")
    except BaseException:
        base.close()
        raise
    return base
