"""Data sets of many files, on this machine or on the hub."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hornbook.errors import NetworkError, SourceError
from hornbook.storage import digest

_ID = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SAMPLED = 1 << 20


def is_hub_id(path: str) -> bool:
    """Whether `path`, which is nothing on this machine, could name a data set on the hub.

    >>> is_hub_id("bigcode/the-stack-dedup@main"), is_hub_id("/no/such/folder")
    (True, False)
    """
    return not Path(path).exists() and _ID.fullmatch(path) is not None and path[0] not in ".-"


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
    root = fetch_from_hub(path, globs, cache, place) if is_hub_id(path) else Path(path)
    return files_below(root, globs, place)


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


def hub_commit(name: str, place: str) -> str:
    """The commit that OWNER/NAME[@REVISION] stands for; the hub is asked unless it is one.

    The hub's address is `HF_ENDPOINT`, the token `HF_TOKEN`: both are the hub library's own.
    """
    repository, _, revision = name.partition("@")
    if _COMMIT.fullmatch(revision):
        return revision
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import HfApi

    with _explained(name, place):
        return str(HfApi().dataset_info(repository, revision=revision or None).sha)


def fetch_from_hub(name: str, globs: Sequence[str], cache: Path, place: str) -> Path:
    """The snapshot with the chosen files, below `cache`; what is there is not fetched again."""
    commit = hub_commit(name, place)
    from huggingface_hub import snapshot_download

    with _explained(name, place):
        found = snapshot_download(
            name.partition("@")[0],
            repo_type="dataset",
            revision=commit,
            cache_dir=cache / "hub",
            allow_patterns=[glob.replace("**/", "*") for glob in globs],
        )
    return Path(found)


class _explained:  # noqa: N801
    """A context in which the hub's errors become ours."""

    def __init__(self, name: str, place: str) -> None:
        self._name, self._place = name, place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception):
            return
        from huggingface_hub.errors import (
            GatedRepoError,
            HFValidationError,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )

        reason = str(error).strip().partition("\n")[0]
        if isinstance(error, GatedRepoError):
            raise SourceError(
                f"{self._place}: the hub gives {self._name} only to those who accepted its terms;"
                f" do so on its page, and set HF_TOKEN ({reason})"
            ) from error
        if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError | HFValidationError):
            raise SourceError(
                f"{self._place}: neither a folder here nor a data set on the hub ({reason})"
            ) from error
        raise NetworkError(
            f"{self._place}: not a folder here, and the hub could not be reached ({reason});"
            " the same command goes on where it stopped"
        ) from error
