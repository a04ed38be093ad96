"""Every source of a run as pieces, in an order that is always the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from hornbook.records import Dropped
from hornbook.sources.config import SourcesSettings, WebSource
from hornbook.sources.jobs import Hands
from hornbook.sources.pieces import Piece
from hornbook.sources.pins import Pin, load_pins
from hornbook.sources.private import rules
from hornbook.sources.readers.archive import read_archive
from hornbook.sources.readers.columns import LAYOUTS, stack_globs, stack_pieces
from hornbook.sources.readers.datasets import dataset_files
from hornbook.sources.readers.dolma import documents_of, scored_pieces
from hornbook.sources.readers.dumps import dump_pieces
from hornbook.sources.readers.local import file_pieces, folder_pieces, library_pieces
from hornbook.sources.readers.pypi import fetch, is_wheel
from hornbook.sources.readers.repositories import git_pieces
from hornbook.sources.readers.tables import table_pieces
from hornbook.sources.text import Origin, Raw, Reading, drop
from hornbook.stages import StageContext

FETCHED = 0.2
"""Share of the stage's time that is over when all that must be downloaded is at hand."""


def pieces_of(context: StageContext, settings: SourcesSettings, hands: Hands) -> list[Piece]:
    """All that the settings name, cut into jobs; what must be downloaded or sorted first, is.

    Raises `SourceError` for a source that is missing, empty or damaged, `NetworkError` for a
    download that failed, `ConfigError` for an extra that is not installed.
    """
    if settings.mask:
        rules()  # that the extra is missing should be said before anything is read
    size, cache = settings.piece_bytes, context.cache
    pieces = _wheels(context, settings)
    if settings.python:
        pieces += library_pieces(size)
    for folder in settings.folders:
        pieces += folder_pieces(folder, settings.folder_globs, size)
    for table in settings.files:
        pieces += file_pieces(table, size)
    for stack in settings.stack:
        place, globs = f"sources.stack: {stack.path}", stack_globs(stack)
        pieces += stack_pieces(stack, dataset_files(stack.path, globs, cache, place), size)
    for web in settings.web:
        files = dataset_files(web.path, web.files, cache, f"sources.web: {web.path}")
        pieces += _web_pieces(web, files, size)
    for dump in settings.stack_exchange:
        pieces += dump_pieces(dump, size, settings.max_ratio, hands)
    for git in settings.git:
        pieces += git_pieces(git, size)
    return pieces


def _web_pieces(source: WebSource, files: Sequence[Path], size: int) -> list[Piece]:
    if source.attribute is not None:
        return scored_pieces(source, files)
    if source.layout == "dolma":
        files = documents_of(files)
    place, layout = f"sources.web: {source.path}", LAYOUTS[source.layout]
    return [piece for path in files for piece in table_pieces(path, layout, place, size)]


def _wheels(context: StageContext, settings: SourcesSettings) -> list[Piece]:
    pins = load_pins(settings.pypi) if settings.pypi is not None else []
    paths = fetch(
        [pin for pin in pins if is_wheel(pin)],
        context.cache,
        lambda done, total: context.progress.advance(
            FETCHED * done / max(total, 1), 1.0, f"{done} of {total} wheels at hand"
        ),
    )
    return [
        Piece(f"pypi {pin.file} {pin.sha256}", partial(_pin_rows, paths.get(pin.sha256), pin))
        for pin in pins
    ]


def _pin_rows(path: Path | None, pin: Pin, reading: Reading) -> Iterator[Raw | Dropped]:
    if path is not None:
        yield from read_archive(path, pin, reading)
    else:
        origin = Origin("pypi", pin.name, pin.version, pin.file)
        yield drop(origin, "no-wheel", "to read anything else than a wheel would run its code")


def places_of(settings: SourcesSettings) -> list[str]:
    """Every source as the settings name it, for a message."""
    tables = (settings.files, settings.stack, settings.web, settings.stack_exchange, settings.git)
    paths = [each.path for table in tables for each in table]
    named = [settings.pypi, settings.python and "python", *settings.folders, *paths]
    return [str(name) for name in named if name]
