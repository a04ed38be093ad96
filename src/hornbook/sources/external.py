"""What enters from outside the run: when it changes, the stage is done again."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

from hornbook.errors import SourceError
from hornbook.sources.config import SourcesSettings
from hornbook.sources.licences import licence_files
from hornbook.sources.pins import load_pins
from hornbook.sources.readers.columns import stack_globs
from hornbook.sources.readers.datasets import files_below, fingerprint, on_hub
from hornbook.sources.readers.dumps import dump_file
from hornbook.sources.readers.local import chosen_files
from hornbook.sources.readers.repositories import Repository
from hornbook.storage import digest, file_digest


def external(settings: SourcesSettings) -> dict[str, str]:
    """A digest of each input that the settings name but don't hold.

    Raises `SourceError` for a file, a folder or a list that does not exist, or an empty folder,
    `NetworkError` where the hub has to be asked and does not answer.
    """
    found: dict[str, str] = {}
    if settings.pypi is not None:
        found["pypi"] = digest([pin.model_dump(mode="json") for pin in load_pins(settings.pypi)])
    if settings.python:
        found["python"] = platform.python_version()
    for name in settings.folders:
        found[f"folder {name}"] = _folder_digest(name, settings.folder_globs)
    for table in settings.files:
        if not Path(table.path).is_file():
            raise SourceError(f"sources.files: {table.path}: no such file; correct the path")
        found[f"file {table.path}"] = file_digest(Path(table.path))
    for stack in settings.stack:
        name = f"stack {stack.path} {' '.join(stack.languages)}".strip()
        found[name] = _dataset(stack.path, stack_globs(stack), "sources.stack")
    for web in settings.web:
        found[f"web {web.path} {' '.join(web.files)}"] = _dataset(
            web.path, web.files, "sources.web"
        )
    for dump in settings.stack_exchange:
        path = dump_file(dump)
        found[f"stack_exchange {dump.path}"] = fingerprint([path], path.parent)
    for git in settings.git:
        found[f"git {git.path} {git.revision}"] = Repository(git).commit
    return found


def _dataset(path: str, globs: Sequence[str], setting: str) -> str:
    place = f"{setting}: {path}"
    name = on_hub(path)
    if name is not None:
        return name.commit(place)
    root = Path(path)
    return fingerprint(files_below(root, globs, place), root if root.is_dir() else root.parent)


def _folder_digest(folder: str, globs: tuple[str, ...]) -> str:
    chosen = chosen_files(folder, globs)
    licences = [(path.name, _file_digest(path)) for path in licence_files(Path(folder))]
    files = [(name, None if path is None else _file_digest(path)) for name, path in chosen]
    return digest([files, licences] if licences else files)


def _file_digest(path: Path) -> str | None:
    try:
        return file_digest(path)
    except OSError:
        return None  # it will be dropped as unreadable, and read once it can be
