"""Where benchmark files lie: a folder the user names, or the one that `import` fills."""

from __future__ import annotations

import os
from pathlib import Path

from hornbook.benchmarks.catalogue import CATALOGUE, Entry
from hornbook.errors import SourceError
from hornbook.storage import file_digest, write_bytes

VARIABLE = "HORNBOOK_BENCHMARKS"
_LFS_MARK = b"version https://git-lfs"


def benchmark_folder() -> Path:
    """`$HORNBOOK_BENCHMARKS`, or the folder of imported benchmarks in the user's data folder."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "hornbook" / "benchmarks"


def find(entry: Entry, folder: Path) -> Path | None:
    """The benchmark's file below `folder`, checked against its checksum; None where absent.

    Raises `SourceError` for a Git LFS pointer, a cut or an altered file: a score on other
    problems would be compared with published ones.
    """
    for name in entry.paths:
        path = folder / name
        if path.is_file():
            verify(entry, path)
            return path
    return None


def verify(entry: Entry, path: Path) -> None:
    if file_digest(path) == entry.sha256:
        return
    with path.open("rb") as handle:
        head = handle.read(len(_LFS_MARK))
    if head == _LFS_MARK:
        why = "is a Git LFS pointer, not the data: run `git lfs pull` where it comes from"
    else:
        why = f"is not the published file (sha256 differs, {path.stat().st_size} bytes): copy it again"
    raise SourceError(f"{path}: {why}; expected {entry.source}")


def import_from(source: Path, target: Path) -> list[tuple[Entry, Path | None]]:
    """Copy every known benchmark found below `source` into `target`; what was found, entry by entry."""
    if not source.is_dir():
        raise SourceError(
            f"{source}: no such folder; give the folder that holds the benchmark files"
        )
    found: list[tuple[Entry, Path | None]] = []
    for entry in CATALOGUE:
        path = find(entry, source)
        if path is not None:
            write_bytes(target / entry.paths[0], path.read_bytes())
        found.append((entry, path))
    return found
