"""Files of JSON lines, packed or not, read with bounds and with errors that name the line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hornbook.errors import SourceError

MAX_UNPACKED = 1 << 30
"""No benchmark comes near 1 GiB; a file that unpacks to more is a mistake, or means harm."""
LFS_MARK = b"version https://git-lfs"
_GZIP_MARK = b"\x1f\x8b"
_CHUNK = 1 << 20


def unpacked(path: Path, limit: int = MAX_UNPACKED) -> bytes:
    """The file's bytes, unpacked where it is gzip.

    Raises `SourceError` for a file that is absent, cut short, over `limit` bytes, or a Git LFS pointer.
    """
    if not path.is_file():
        what = "a folder, not a file" if path.is_dir() else "no such file"
        raise SourceError(f"{path}: {what}; name a .jsonl or .jsonl.gz file")
    parts: list[bytes] = []
    size = 0
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP_MARK
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) if packed else raw as handle:
                while part := handle.read(_CHUNK):
                    parts.append(part)
                    size += len(part)
                    if size > limit:
                        raise SourceError(
                            f"{path}: unpacks to more than {limit / (1 << 20):,.0f} MiB;"
                            " no problem file is that large"
                        )
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{path}: cut short or damaged ({error}); copy it again") from error
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror or error})") from error
    data = b"".join(parts)
    if data.startswith(LFS_MARK):
        raise SourceError(
            f"{path}: is a Git LFS pointer, not the data: run `git lfs pull` where it comes from"
        )
    return data


def numbered_rows(path: Path, limit: int = MAX_UNPACKED) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number from 1, object) of each line that isn't blank.

    Raises `SourceError` with the line for what is not UTF-8, not JSON or no object.
    """
    # By line feeds alone: JSON may hold any other line end inside its texts.
    for number, line in enumerate(unpacked(path, limit).split(b"\n"), start=1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not text.strip():
            continue
        try:
            row = json.loads(text.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{path}, line {number}: not UTF-8 (byte {error.start + 1}); save it as UTF-8"
            ) from error
        except (ValueError, RecursionError) as error:
            why = "nested too deeply" if isinstance(error, RecursionError) else error
            raise SourceError(
                f"{path}, line {number}: cut short or not JSON ({why}); it has to be one JSON object a line"
            ) from error
        if not isinstance(row, dict):
            raise SourceError(
                f"{path}, line {number}: a {type(row).__name__}, not a JSON object with a problem's fields"
            )
        yield number, row
