"""What is on this machine already: the standard library, folders, tables of texts."""

from __future__ import annotations

import os
import platform
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import TextFile
from hornbook.sources.licences import folder_licence
from hornbook.sources.pieces import Piece, batches
from hornbook.sources.readers.row_groups import Row
from hornbook.sources.readers.tables import is_parquet, table_name, table_pieces, text_row
from hornbook.sources.text import Origin, Raw, Reading, drop, writable
from hornbook.storage import digest

_NOT_LIBRARY = {"site-packages", "dist-packages", "__pycache__"}

Chosen = tuple[str, Path | None]


def library_pieces(size: int) -> list[Piece]:
    """The running interpreter's own modules. Recorded with its version."""
    root = Path(sysconfig.get_paths()["stdlib"])
    paths = sorted(
        path
        for path in root.rglob("*.py")
        if not _NOT_LIBRARY.intersection(path.relative_to(root).parts)
    )
    return [
        Piece(f"python {run[0]} {len(run)}", partial(_library_rows, root, run))
        for run in batches(paths, _size, size)
    ]


def _library_rows(root: Path, paths: Sequence[Path], reading: Reading) -> Iterator[Raw | Dropped]:
    excluded = set(reading.settings.python_excluded)
    for path in paths:
        relative = path.relative_to(root)
        name = writable(relative.as_posix())
        origin = Origin("python", "cpython", platform.python_version(), name, "PSF-2.0")
        hit = next((part for part in relative.parts[:-1] if part in excluded), None)
        if hit is not None and not reading.is_wanted(origin):
            yield drop(origin, "excluded", f"in a folder `{hit}`")
        else:
            yield read_file(path, origin, reading, hit and f"in a folder `{hit}`")


def folder_pieces(folder: str, globs: tuple[str, ...], size: int) -> list[Piece]:
    """Every chosen file below a folder; links that lead out of it are not followed."""
    collection = writable(Path(folder).resolve().name)
    licence = folder_licence(Path(folder))
    chosen = chosen_files(folder, globs)
    return [
        Piece(
            f"folder {folder} {digest([name for name, _ in run])}",
            partial(_folder_rows, Origin("folder", collection, "", "", licence), run),
        )
        for run in batches(chosen, lambda each: _size(each[1]), size)
    ]


def _folder_rows(
    whole: Origin, chosen: Sequence[Chosen], reading: Reading
) -> Iterator[Raw | Dropped]:
    for name, path in chosen:
        origin = replace(whole, path=name)
        if path is None:
            yield drop(origin, "link-outside", "a link that leads out of the folder")
        else:
            yield read_file(path, origin, reading, None)


def chosen_files(folder: str, globs: tuple[str, ...]) -> list[Chosen]:
    """(name, file) of all that `globs` choose; no file for a link that leads out of the folder.

    Raises `SourceError` for a folder that does not exist or holds no such file.
    """
    root = Path(folder).resolve()
    if not root.is_dir():
        raise SourceError(f"sources.folders: {folder}: no such folder; correct the path")
    chosen: list[Chosen] = []
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


def _size(path: Path | None) -> int:
    try:
        return 0 if path is None else path.stat().st_size
    except OSError:
        return 0  # it will be dropped as unreadable


def read_file(path: Path, origin: Origin, reading: Reading, excluded: str | None) -> Raw | Dropped:
    try:
        with path.open("rb") as handle:
            return Raw(origin, handle.read(reading.limit(origin)), excluded)
    except OSError as error:
        return drop(origin, "unreadable", error.strerror or str(error))


def file_pieces(table: TextFile, size: int) -> list[Piece]:
    """The rows of a JSON lines or Parquet file.

    Raises `SourceError` for a file that is missing, empty or damaged.
    """
    return table_pieces(Path(table.path), _Texts(table), f"sources.files: {table.path}", size)


class _Texts:
    """A table of the user's own."""

    def __init__(self, table: TextFile) -> None:
        self.text = table.text
        self.columns = (table.collection,) if table.collection else ()

    def raw(self, path: Path, number: int, row: Row | str) -> Raw | Dropped:
        source = "parquet" if is_parquet(path) else "jsonl"
        origin = Origin(source, table_name(path), "", f"{writable(path.name)}#{number}")
        if isinstance(row, str):
            return drop(origin, "bad-row", row)
        group = row.get(self.columns[0]) if self.columns else None
        if group is not None:
            origin = replace(origin, collection=writable(str(group)))
        return text_row(row.get(self.text), origin, self.text)
