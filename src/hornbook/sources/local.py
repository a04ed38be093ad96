"""What is on this machine already: the standard library, folders, tables of texts."""

from __future__ import annotations

import json
import os
import platform
import sysconfig
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import SourcesSettings, TextFile
from hornbook.sources.text import Origin, Raw, Reading, drop, writable

if TYPE_CHECKING:
    import pyarrow as pa

_NOT_LIBRARY = {"site-packages", "dist-packages", "__pycache__"}


def read_standard_library(reading: Reading) -> Iterator[Raw | Dropped]:
    """The running interpreter's own modules. Recorded with its version."""
    root = Path(sysconfig.get_paths()["stdlib"])
    excluded = set(reading.settings.python_excluded)
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if _NOT_LIBRARY.intersection(relative.parts):
            continue
        name = writable(relative.as_posix())
        origin = Origin("python", "cpython", platform.python_version(), name, "PSF-2.0")
        hit = next((part for part in relative.parts[:-1] if part in excluded), None)
        if hit is not None and not reading.is_wanted(origin):
            yield drop(origin, "excluded", f"in a folder `{hit}`")
        else:
            yield _read_file(path, origin, reading, hit and f"in a folder `{hit}`")


def read_folder(folder: str, reading: Reading) -> Iterator[Raw | Dropped]:
    """Every chosen file below a folder; links that lead out of it are not followed."""
    collection = writable(Path(folder).resolve().name)
    for name, path in chosen_files(folder, reading.settings.folder_globs):
        origin = Origin("folder", collection, "", name)
        if path is None:
            yield drop(origin, "link-outside", "a link that leads out of the folder")
        else:
            yield _read_file(path, origin, reading, None)


def chosen_files(folder: str, globs: tuple[str, ...]) -> list[tuple[str, Path | None]]:
    """(name, file) of all that `globs` choose; no file for a link that leads out of the folder.

    Raises `SourceError` for a folder that does not exist or holds no such file.
    """
    root = Path(folder).resolve()
    if not root.is_dir():
        raise SourceError(f"sources.folders: {folder}: no such folder; correct the path")
    chosen: list[tuple[str, Path | None]] = []
    for path in sorted({path for pattern in globs for path in root.glob(pattern)}):
        name = writable(path.relative_to(root).as_posix())
        # realpath and not resolve: a link to itself is no error here, and no file either.
        if not Path(os.path.realpath(path)).is_relative_to(root):
            chosen.append((name, None))
        elif path.is_file():
            chosen.append((name, path))
    if not chosen:
        raise SourceError(
            f"sources.folders: {folder}: no document left of 0 files, for none is like"
            f" {' or '.join(globs) or 'folder_globs'}; correct the path or sources.folder_globs"
        )
    return chosen


def _read_file(path: Path, origin: Origin, reading: Reading, excluded: str | None) -> Raw | Dropped:
    try:
        with path.open("rb") as handle:
            return Raw(origin, handle.read(reading.limit(origin)), excluded)
    except OSError as error:
        return drop(origin, "unreadable", error.strerror or str(error))


def read_table(table: TextFile, limits: SourcesSettings) -> Iterator[Raw | Dropped]:
    """The rows of a JSON lines or Parquet file."""
    path = Path(table.path)
    if not path.is_file():
        raise SourceError(f"sources.files: {table.path}: no such file; correct the path")
    if path.stat().st_size == 0:
        raise SourceError(f"sources.files: {table.path}: empty; name a file with rows")
    source = "parquet" if path.suffix == ".parquet" else "jsonl"
    rows = _parquet_rows(path, table) if source == "parquet" else _json_rows(path, limits)
    empty = True
    for number, row in rows:
        empty = False
        origin = Origin(source, writable(path.stem), "", f"{writable(path.name)}#{number}")
        yield _table_row(row, origin, table)
    if empty:
        raise SourceError(f"sources.files: {table.path}: empty; name a file with rows")


def _table_row(row: dict[str, object] | str, origin: Origin, table: TextFile) -> Raw | Dropped:
    if isinstance(row, str):
        return drop(origin, "bad-row", row)
    group = row.get(table.collection) if table.collection else None
    if group is not None:
        origin = replace(origin, collection=writable(str(group)))
    text = row.get(table.text)
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogatepass")
    if isinstance(text, bytes):
        return Raw(origin, text)
    return drop(origin, "bad-row", f"no text in `{table.text}`")


def _json_rows(
    path: Path, limits: SourcesSettings
) -> Iterator[tuple[int, dict[str, object] | str]]:
    # A character may take six bytes in JSON (\\u0000), and there are other columns.
    longest = 6 * limits.max_bytes + 1_000_000
    with path.open("rb") as handle:
        number = 0
        while line := handle.readline(longest):
            number += 1
            if len(line) == longest and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = handle.readline(longest)
                yield number, f"line {number}: longer than {longest:,} bytes"
            elif line.strip():
                yield number, _json_row(line, number)


def _json_row(line: bytes, number: int) -> dict[str, object] | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"line {number}: not JSON ({error})"
    return row if isinstance(row, dict) else f"line {number}: not a JSON object"


def _parquet_rows(path: Path, table: TextFile) -> Iterator[tuple[int, dict[str, object] | str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if table.text not in names:
                raise SourceError(
                    f"sources.files: {path}: no column `{table.text}` (it has {', '.join(names)})"
                )
            wanted = [name for name in (table.text, table.collection) if name in names]
            number = 0
            for batch in file.iter_batches(batch_size=256, columns=wanted):
                for row in _as_bytes(batch, table.text).to_pylist():
                    number += 1
                    yield number, row
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"sources.files: {path}: damaged or cut short ({error}); copy it again"
        ) from error


def _as_bytes(batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    """The batch with its column of texts as bytes: a row that is no UTF-8 is no fault of others."""
    import pyarrow as pa

    place = batch.schema.get_field_index(name)
    if batch.schema.types[place] not in (pa.string(), pa.large_string()):
        return batch
    column = batch.column(place).cast(pa.large_binary())
    return batch.set_column(place, name, column)
