"""What enters from outside the run: when it changes, the stage is done again."""

from __future__ import annotations

import platform
from pathlib import Path

from hornbook.errors import SourceError
from hornbook.sources.config import SourcesSettings
from hornbook.sources.local import chosen_files
from hornbook.sources.pins import load_pins
from hornbook.storage import digest, file_digest


def external(settings: SourcesSettings) -> dict[str, str]:
    """A digest of each input that the settings name but don't hold.

    Raises `SourceError` for a file, a folder or a list that does not exist, or an empty folder.
    """
    found = {}
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
    return found


def _folder_digest(folder: str, globs: tuple[str, ...]) -> str:
    return digest(
        [
            (name, None if path is None else _file_digest(path))
            for name, path in chosen_files(folder, globs)
        ]
    )


def _file_digest(path: Path) -> str | None:
    try:
        return file_digest(path)
    except OSError:
        return None  # it will be dropped as unreadable, and read once it can be
