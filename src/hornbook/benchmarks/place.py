"""Where benchmark files lie: a folder the user names, or the one that `import` fills."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hornbook.benchmarks.catalogue import CATALOGUE, Entry
from hornbook.benchmarks.lines import LFS_MARK
from hornbook.errors import SourceError
from hornbook.storage import file_digest, write_bytes

VARIABLE = "HORNBOOK_BENCHMARKS"


@dataclass(frozen=True)
class Found:
    """What a folder holds of one benchmark."""

    entry: Entry
    path: Path | None
    """None where there is no such file."""
    fault: str = ""
    """Why the file at `path` can't be used; empty where it is the published one."""


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
    path = place_of(entry, folder)
    if path is not None:
        verify(entry, path)
    return path


def place_of(entry: Entry, folder: Path) -> Path | None:
    """The benchmark's file below `folder`, unchecked; None where absent."""
    return next((folder / name for name in entry.paths if (folder / name).is_file()), None)


def survey(folder: Path) -> list[Found]:
    """What `folder` holds of every known benchmark, each file checked; never raises for a file."""
    found = []
    for entry in CATALOGUE:
        path = place_of(entry, folder)
        fault = ""
        if path is not None:
            try:
                verify(entry, path)
            except SourceError as error:
                fault = str(error)
        found.append(Found(entry, path, fault))
    return found


def verify(entry: Entry, path: Path) -> None:
    """Raises `SourceError` where `path` is not the published file, with the reason."""
    try:
        if file_digest(path) == entry.sha256:
            return
        with path.open("rb") as handle:
            head = handle.read(len(LFS_MARK))
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror or error})") from error
    if head == LFS_MARK:
        why = "is a Git LFS pointer, not the data: run `git lfs pull` where it comes from"
    else:
        why = f"is not the published file (sha256 differs, {path.stat().st_size} bytes): copy it again"
    raise SourceError(f"{path}: {why}; expected {entry.source}")


def import_from(source: Path, target: Path) -> list[Found]:
    """Copy every known benchmark that lies whole below `source` into `target`; a damaged one is left
    where it is. What was found, entry by entry."""
    if not source.is_dir():
        raise SourceError(
            f"{source}: no such folder; give the folder that holds the benchmark files"
        )
    found = survey(source)
    for each in found:
        if each.path is not None and not each.fault:
            write_bytes(target / each.entry.paths[0], each.path.read_bytes())
    return found
