"""The verdict file while it grows: append-only, one writer, and known to belong to one evaluation.

OUT.partial       rows so far, in the samples' order; locked by whoever writes it
OUT.partial.json  which evaluation they belong to
OUT               the same file, renamed when the last row is in it
STEM.summary.json identity and scores, beside OUT

Whatever is killed whenever: the rows that are whole stay, a torn last line is dropped, and the same
command goes on behind them.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from hornbook.errors import DamagedFileError, ResourceError, RunFolderError, from_os_error
from hornbook.storage import read_json, write_json

LINE_BYTES = 1 << 20
_SYNC_SECONDS = 2.0


class Journal:
    """The rows of one verdict file. Use as a context: it holds the file for this process.

    Raises `RunFolderError` where another process holds it.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.path = out.with_name(out.name + ".partial")
        self.head = out.with_name(out.name + ".partial.json")
        self.summary = summary_path(out)
        self._file = -1
        self._synced = 0.0

    def __enter__(self) -> Journal:
        import fcntl

        if self.out.is_dir():
            raise RunFolderError(f"{self.out}: is a folder; name a file, such as verdicts.jsonl")
        try:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            while True:
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_at(self.path):
                    return self
                # Its holder finished and renamed it between our two steps.
                os.close(self._file)
        except BlockingIOError:
            os.close(self._file)
            raise RunFolderError(
                f"{self.out}: another hornbook writes it; wait for it or choose another --out"
            ) from None
        except OSError as error:
            raise self._known(error) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            if os.fstat(self._file).st_size == 0 and self._is_at(self.path):
                self.path.unlink()
                self.head.unlink(missing_ok=True)
        os.close(self._file)

    def begin(self, identity: Mapping[str, Any], force: bool = False) -> bool:
        """Check that the rows so far belong to this evaluation, or start one. Had it begun before?

        Raises `RunFolderError` for rows of another; `force` drops those. Its own are kept even then:
        the same command goes on.
        """
        there = self._head()
        if there == identity:
            return True
        if os.fstat(self._file).st_size and not force:
            raise RunFolderError(
                f"{self.path}: {unlike(there, identity)}; choose another --out, or --force to drop it"
            )
        os.ftruncate(self._file, 0)
        return False

    def head_with(self, identity: Mapping[str, Any]) -> None:
        """Write down which evaluation the rows to come belong to."""
        try:
            write_json(self.head, identity)
        except OSError as error:
            raise self._known(error) from error

    def rows(self) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
        """The whole rows so far: the place where each ends, its bytes, and what they say."""
        end = 0
        with open(os.dup(self._file), "rb") as handle:
            handle.seek(0)
            for line in iter(lambda: handle.readline(LINE_BYTES), b""):
                try:
                    row = json.loads(line) if line.endswith(b"\n") else None
                except (ValueError, RecursionError):
                    return
                if not isinstance(row, dict):
                    return
                end += len(line)
                yield end, line, row

    def cut(self, end: int) -> bool:
        """Drop what lies behind `end`; was there anything?"""
        more = os.fstat(self._file).st_size > end
        if more:
            os.ftruncate(self._file, end)
        return more

    def add(self, line: bytes) -> None:
        """Append one line. Raises `ResourceError` for a full disk; whole lines stay."""
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(self._file, left) :]
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                os.fsync(self._file)
                self._synced = time.monotonic()
        except OSError as error:
            raise self._known(error) from error

    def finish(self, summary: Mapping[str, Any]) -> None:
        """All rows are in: write the summary, give the file its name."""
        try:
            os.fsync(self._file)
            write_json(self.summary, summary)
            os.replace(self.path, self.out)
            self.head.unlink(missing_ok=True)
        except OSError as error:
            raise self._known(error) from error

    def _head(self) -> Any:
        try:
            return read_json(self.head)
        except (OSError, DamagedFileError):
            return None

    def _is_at(self, path: Path) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file), path.stat())
        except FileNotFoundError:
            return False

    def _known(self, error: OSError) -> Exception:
        known = from_os_error(error)
        if isinstance(known, ResourceError):
            return ResourceError(
                f"{self.path}: the disk is full: free some space, then run the same command again;"
                " it goes on from here"
            )
        return RunFolderError(
            f"{self.path}: can't be written ({error.strerror}); choose another --out"
        )


def summary_path(verdicts: Path) -> Path:
    """`V.summary.json` for `V.jsonl`.

    >>> summary_path(Path("a/V.jsonl")).name
    'V.summary.json'
    """
    return verdicts.with_name(verdicts.name.removesuffix(".jsonl") + ".summary.json")


def unlike(there: Any, wanted: Mapping[str, Any]) -> str:
    """In what two evaluations differ, in words."""
    if not isinstance(there, dict):
        return "verdicts of unknown origin"
    differ = list(_differing(there, wanted))
    return f"verdicts of another evaluation (it differs in: {', '.join(differ)})"


def _differing(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """The names in which two differ, as `had.tier`. Those of `there` may be anyone's."""
    for key in wanted:
        one, other = there.get(key), wanted[key]
        if isinstance(one, dict) and isinstance(other, Mapping):
            yield from (f"{key}.{name}" for name in _differing(one, other))
        elif one != other:
            yield key
    if there.keys() - wanted.keys():
        yield "columns of another version"
