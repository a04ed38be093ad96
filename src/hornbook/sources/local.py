"""What is on this machine already: the standard library, folders, tables of texts."""

from __future__ import annotations

import json
import platform
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import SourcesSettings, TextFile
from hornbook.sources.text import Origin, Raw, Reading, drop

_NOT_LIBRARY = {"site-packages", "dist-packages", "__pycache__"}


def read_standard_library(reading: Reading) -> Iterator[Raw | Dropped]:
    """The running interpreter's own modules. Recorded with its version."""
    root = Path(sysconfig.get_paths()["stdlib"])
    excluded = set(reading.settings.python_excluded)
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if _NOT_LIBRARY.intersection(relative.parts):
            continue
        name = relative.as_posix()
        origin = Origin("python", "cpython", platform.python_version(), name, "PSF-2.0")
        hit = next((part for part in relative.parts[:-1] if part in excluded), None)
        if hit is not None and not reading.is_wanted(origin):
            yield drop(origin, "excluded", f"in a folder `{hit}`")
        else:
            yield _read_file(path, origin, reading, hit and f"in a folder `{hit}`")


def read_folder(folder: str, reading: Reading) -> Iterator[Raw | Dropped]:
    """Every chosen file below a folder; links that lead out of it are not followed."""
    root = Path(folder).resolve()
    if not root.is_dir():
        raise SourceError(f"sources.folders: {folder}: no such folder; correct the path")
    found = {path for pattern in reading.settings.folder_globs for path in root.glob(pattern)}
    for path in sorted(found):
        origin = Origin("folder", root.name, "", path.relative_to(root).as_posix())
        if not path.resolve().is_relative_to(root):
            yield drop(origin, "link-outside", "a link that leads out of the folder")
        elif path.is_file():
            yield _read_file(path, origin, reading, None)


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
    for number, row in rows:
        origin = Origin(source, path.stem, "", f"{path.name}#{number}")
        if isinstance(row, str):
            yield drop(origin, "bad-row", row)
            continue
        group, text = row.get(table.collection or ""), row.get(table.text)
        if group is not None:
            origin = Origin(source, str(group), "", origin.path)
        if isinstance(text, str):
            yield Raw(origin, text.encode("utf-8", "surrogatepass"))
        else:
            yield drop(origin, "bad-row", f"no text in `{table.text}`")


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
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"sources.files: {path}: damaged or cut short ({error}); copy it again"
        ) from error
