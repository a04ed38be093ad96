"""Every source of a run, read one after another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hornbook.records import Dropped
from hornbook.sources.archive import read_archive
from hornbook.sources.config import SourcesSettings
from hornbook.sources.local import read_folder, read_standard_library, read_table
from hornbook.sources.pins import Pin, load_pins
from hornbook.sources.pypi import fetch, is_wheel
from hornbook.sources.text import Origin, Raw, Reading, drop
from hornbook.stages import StageContext

READ = 0.6
"""Share of the stage's time that is over when all is read."""


def read_all(
    context: StageContext, settings: SourcesSettings, reading: Reading
) -> Iterator[Raw | Dropped]:
    """A row for everything the settings name, in an order that is always the same."""
    pins = load_pins(settings.pypi) if settings.pypi is not None else []
    wheels = [pin for pin in pins if is_wheel(pin)]
    steps = len(pins) + settings.python + len(settings.folders) + len(settings.files)

    def advance(done: float, note: str) -> None:
        context.progress.advance(READ * done / steps, 1.0, note)

    paths = fetch(
        wheels,
        context.cache,
        lambda done, total: advance(done / 2, f"{done} of {total} wheels at hand"),
    )
    for number, pin in enumerate(pins):
        yield from _read_pin(pin, paths, reading)
        advance(len(pins) / 2 + number / 2, f"{pin.name} read")
    if settings.python:
        yield from read_standard_library(reading)
        advance(len(pins) + 1, "standard library read")
    for folder in settings.folders:
        yield from read_folder(folder, reading)
    for table in settings.files:
        yield from read_table(table, settings)
    advance(steps, "all read")


def _read_pin(pin: Pin, paths: dict[str, Path], reading: Reading) -> Iterator[Raw | Dropped]:
    if is_wheel(pin):
        yield from read_archive(paths[pin.sha256], pin, reading)
    else:
        origin = Origin("pypi", pin.name, pin.version, pin.file)
        yield drop(origin, "no-wheel", "to read anything else than a wheel would run its code")
