"""What is on this machine already: the standard library, folders, tables of texts."""

from __future__ import annotations

import json
import platform
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from hornbook.errors import SourceError
from hornbook.records import Document, Dropped
from hornbook.sources.config import SourcesSettings, TextFile
from hornbook.sources.text import Origin, drop, read_text

_NOT_LIBRARY = {"site-packages", "dist-packages", "__pycache__", "test", "tests", "idle_test"}


def read_standard_library(limits: SourcesSettings) -> Iterator[Document | Dropped]:
    """The running interpreter's own modules, without its tests. Recorded with its version."""
    root = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if not _NOT_LIBRARY.intersection(relative.parts):
            name = relative.as_posix()
            origin = Origin("python", "cpython", platform.python_version(), name, "PSF-2.0")
            yield _read_file(path, origin, limits)


def read_folder(folder: str, limits: SourcesSettings) -> Iterator[Document | Dropped]:
    """Every .py file below a folder; links that lead out of it are not followed."""
    root = Path(folder).resolve()
    if not root.is_dir():
        raise SourceError(f"sources.folders: {folder}: no such folder")
    for path in sorted(root.rglob("*.py")):
        origin = Origin("folder", root.name, "", path.relative_to(root).as_posix())
        if not path.resolve().is_relative_to(root):
            yield drop(origin, "link-outside", "a link that leads out of the folder")
        elif path.is_file():
            yield _read_file(path, origin, limits)


def _read_file(path: Path, origin: Origin, limits: SourcesSettings) -> Document | Dropped:
    try:
        with path.open("rb") as handle:
            data = handle.read(limits.max_bytes + 1)
    except OSError as error:
        return drop(origin, "unreadable", str(error))
    return read_text(data, origin, limits)


def read_table(table: TextFile, limits: SourcesSettings) -> Iterator[Document | Dropped]:
    """The rows of a JSON lines or Parquet file."""
    path = Path(table.path)
    if not path.is_file():
        raise SourceError(f"sources.files: {table.path}: no such file")
    if path.stat().st_size == 0:
        raise SourceError(f"sources.files: {table.path}: empty")
    rows = _parquet_rows(path, table) if path.suffix == ".parquet" else _json_rows(path)
    for number, row in rows:
        place = f"{path.name}#{number}"
        origin = Origin(path.suffix[1:] or "jsonl", path.stem, "", place)
        if isinstance(row, str):
            yield drop(origin, "bad-row", row)
            continue
        group, text = row.get(table.collection or ""), row.get(table.text)
        origin = Origin(origin.source, str(group) if group else path.stem, "", place)
        if not isinstance(text, str):
            yield drop(origin, "bad-row", f"no text in `{table.text}`")
            continue
        yield read_text(text.encode("utf-8", "surrogatepass"), origin, limits)


def _json_rows(path: Path) -> Iterator[tuple[int, dict[str, object] | str]]:
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                yield number, row if isinstance(row, dict) else "not a JSON object"
            except (ValueError, RecursionError) as error:
                yield number, f"not JSON: {error}"


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
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(
            f"sources.files: {path}: damaged or cut short ({error}); copy it again"
        ) from error
