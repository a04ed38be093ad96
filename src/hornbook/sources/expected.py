"""About how much text the settings name, from sizes alone: for the plan of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hornbook.sources.config import SourcesSettings
from hornbook.sources.pins import load_pins
from hornbook.sources.readers.columns import LAYOUTS, StackColumns, stack_globs
from hornbook.sources.readers.datasets import files_below, on_hub
from hornbook.sources.readers.dumps import dump_file
from hornbook.sources.readers.local import chosen_files
from hornbook.sources.readers.repositories import Repository, matching
from hornbook.sources.readers.row_groups import text_bytes
from hornbook.sources.readers.tables import is_parquet
from hornbook.sources.readers.unpacking import packing_of

LIBRARY_BYTES = 20_000_000
UNPACKED = 4
"""Bytes of text in a byte that is packed; wheels hold other things too."""
HUB_BYTES = 1_000_000_000
"""What a data set of the hub is taken for, which is not asked before a run."""
JOINED = 0.3
"""Share of a dump of posts that is questions with their accepted answers, as text."""


def expected_characters(settings: SourcesSettings) -> int:
    """Characters that a run will take, roughly; exact where `sample_bytes` is less than there is."""
    if settings.sample_bytes is not None:
        return settings.sample_bytes
    return round(sum(_sizes(settings)))


def _sizes(settings: SourcesSettings) -> Iterator[float]:
    if settings.pypi is not None:
        yield sum(pin.bytes for pin in load_pins(settings.pypi))
    if settings.python:
        yield LIBRARY_BYTES
    for folder in settings.folders:
        chosen = chosen_files(folder, settings.folder_globs)
        yield sum(path.stat().st_size for _, path in chosen if path is not None)
    for table in settings.files:
        yield _table_bytes(Path(table.path), table.text, f"sources.files: {table.path}")
    for stack in settings.stack:
        place = f"sources.stack: {stack.path}"
        yield _dataset_bytes(stack.path, stack_globs(stack), StackColumns.text, place)
    for web in settings.web:
        place = f"sources.web: {web.path}"
        yield _dataset_bytes(web.path, web.files, LAYOUTS[web.layout].text, place)
    for dump in settings.stack_exchange:
        path = dump_file(dump)
        yield JOINED * path.stat().st_size * (UNPACKED if path.suffix == ".7z" else 1)
    for git in settings.git:
        chosen_by = matching(git.globs)
        entries = Repository(git).entries()
        yield sum(entry.size for entry in entries if chosen_by.fullmatch(entry.path))


def _dataset_bytes(path: str, globs: Sequence[str], text: str, place: str) -> int:
    if on_hub(path) is not None:
        return HUB_BYTES
    return sum(_table_bytes(file, text, place) for file in files_below(Path(path), globs, place))


def _table_bytes(path: Path, text: str, place: str) -> int:
    if is_parquet(path):
        return text_bytes(path, text, place)
    return path.stat().st_size * (1 if packing_of(path) is None else UNPACKED)
