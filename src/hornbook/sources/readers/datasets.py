"""Data sets of many files, on this machine or on the hub."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hornbook.errors import SourceError
from hornbook.hub import HubName
from hornbook.storage import digest

_SAMPLED = 1 << 20


def on_hub(path: str) -> HubName | None:
    """The data set of the hub that `path` names, unless something on this machine has that name.

    >>> on_hub("bigcode/the-stack-dedup@main")
    HubName(repository='bigcode/the-stack-dedup', revision='main', kind='dataset')
    >>> on_hub("/no/such/folder")
    """
    return None if Path(path).exists() else HubName.read(path, "dataset")


def files_below(root: Path, globs: Sequence[str], place: str) -> list[Path]:
    """The chosen files of a folder, in order; a file is itself.

    Raises `SourceError` for what is not there, for a folder without such files, and for a link
    that leads out of it.
    """
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise SourceError(f"{place}: no such folder; correct the path")
    inside = _snapshot_store(root) or root.resolve()
    found = sorted({path for glob in globs for path in root.glob(glob) if path.is_file()})
    for path in found:
        if not Path(os.path.realpath(path)).is_relative_to(inside):
            raise SourceError(f"{place}: {path} is a link that leads out of the folder; remove it")
    if not found:
        raise SourceError(f"{place}: no file like {' or '.join(globs)}; correct the path")
    return found


def dataset_files(path: str, globs: Sequence[str], cache: Path, place: str) -> list[Path]:
    """The chosen files of a folder here, or of a data set on the hub once they are fetched."""
    name = on_hub(path)
    if name is None:
        return files_below(Path(path), globs, place)
    # Of one commit, though a branch may move on while its files are fetched.
    pinned = replace(name, revision=name.commit(place))
    wanted = [glob.replace("**/", "*") for glob in globs]
    return files_below(pinned.snapshot(wanted, place, cache / "hub"), globs, place)


def _snapshot_store(root: Path) -> Path | None:
    """Where the hub's cache keeps what a snapshot's links lead to, if `root` is below one."""
    for parent in root.absolute().parents:
        if parent.name == "snapshots" and (parent.parent / "blobs").is_dir():
            return parent.parent.resolve()
    return None


def fingerprint(files: Sequence[Path], root: Path) -> str:
    """A digest of names, sizes, and each file's first and last megabyte.

    To hash terabytes before every run would take longer than many runs. The end of a Parquet file
    describes all of it; of other files a change that leaves both ends and the size is not seen.
    """
    return digest([_ends(path, path.relative_to(root).as_posix()) for path in files])


def _ends(path: Path, name: str) -> list[Any]:
    with path.open("rb") as handle:
        size = handle.seek(0, os.SEEK_END)
        handle.seek(0)
        first = handle.read(_SAMPLED)
        handle.seek(max(0, size - _SAMPLED))
        return [name, size, digest([first.hex(), handle.read(_SAMPLED).hex()])]
