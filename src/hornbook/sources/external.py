"""What enters from outside the run: when it changes, the stage is done again."""

from __future__ import annotations

import platform
from pathlib import Path

from hornbook.errors import SourceError
from hornbook.sources.config import SourcesSettings
from hornbook.sources.pins import load_pins
from hornbook.storage import digest, file_digest


def external(settings: SourcesSettings) -> dict[str, str]:
    """A digest of each input that the settings name but don't hold.

    Raises `SourceError` for a file, a folder or a list that does not exist.
    """
    found = {}
    if settings.pypi is not None:
        found["pypi"] = digest([pin.model_dump(mode="json") for pin in load_pins(settings.pypi)])
    if settings.python:
        found["python"] = platform.python_version()
    for name in settings.folders:
        found[f"folder {name}"] = _folder_digest(Path(name), settings.folder_globs)
    for table in settings.files:
        if not Path(table.path).is_file():
            raise SourceError(f"sources.files: {table.path}: no such file; correct the path")
        found[f"file {table.path}"] = file_digest(Path(table.path))
    return found


def _folder_digest(folder: Path, globs: tuple[str, ...]) -> str:
    if not folder.is_dir():
        raise SourceError(f"sources.folders: {folder}: no such folder; correct the path")
    paths = sorted({path for pattern in globs for path in folder.glob(pattern) if path.is_file()})
    return digest([(path.relative_to(folder).as_posix(), file_digest(path)) for path in paths])
