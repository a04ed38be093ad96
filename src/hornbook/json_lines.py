"""Files of JSON lines from somewhere else, read a line at a time, with errors that name the line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from hornbook.errors import SourceError

LINE_BYTES = 64 << 20
_GZIP = b"\x1f\x8b"

Open = Callable[[], BinaryIO]


def json_rows(
    name: str, open_bytes: Open, fields: str = "its fields"
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of every line that is not blank; gzip is known by its first bytes.

    `fields` says in an error what an object should have. Raises `SourceError` for what is cut short,
    too long, not UTF-8 or not an object.
    """
    with _plain(open_bytes) as handle:
        line = 0
        while True:
            try:
                data = handle.readline(LINE_BYTES + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise SourceError(
                    f"{name}: cut short or damaged after line {line} ({error}); copy it again"
                ) from error
            if not data:
                return
            line += 1
            if len(data) > LINE_BYTES:
                raise SourceError(f"{name}:{line}: longer than {LINE_BYTES >> 20} MB")
            if line == 1:
                data = data.removeprefix(b"\xef\xbb\xbf")
            if data.strip():
                yield line, _parsed(data, f"{name}:{line}", fields)


def _parsed(data: bytes, where: str, fields: str) -> dict[str, Any]:
    try:
        row = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        what = "not UTF-8" if isinstance(error, UnicodeDecodeError) else "not JSON"
        raise SourceError(f"{where}: {what} ({error}); every line is one JSON object") from error
    if not isinstance(row, dict):
        raise SourceError(f"{where}: {kind_of(row)}; every line is an object {{{fields}}}")
    return row


def kind_of(value: Any) -> str:
    """What a JSON value is, in words.

    >>> kind_of([1]), kind_of(None), kind_of(True)
    ('a list', 'null', 'a truth value')
    """
    return {dict: "an object", list: "a list", str: "a text", type(None): "null"}.get(
        type(value), "a truth value" if isinstance(value, bool) else "a number"
    )


@contextmanager
def _plain(open_bytes: Open) -> Iterator[BinaryIO]:
    with open_bytes() as handle:
        zipped = handle.read(2) == _GZIP
    with open_bytes() as handle:
        if not zipped:
            yield handle
            return
        with gzip.GzipFile(fileobj=handle) as unpacked:
            yield unpacked  # type: ignore[misc]
