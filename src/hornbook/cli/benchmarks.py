"""`hornbook benchmarks list|import|verify`."""

from __future__ import annotations

import argparse
from pathlib import Path

from hornbook.benchmarks import Found, benchmark_folder, import_from, load, survey
from hornbook.errors import ConfigError, SourceError


def act(options: argparse.Namespace) -> int:
    actions = {"list": _list, "import": _import, "verify": _verify}
    return actions[options.action](options.folder)


def _place(folder: Path | None) -> Path:
    """The folder that was named, which has to be there, or the one of imported benchmarks."""
    if folder is not None and not folder.is_dir():
        raise SourceError(f"{folder}: no such folder")
    return folder or benchmark_folder()


def _list(folder: Path | None) -> int:
    """Every benchmark this version knows, at hand or not; a damaged file is no reason to stop."""
    for each in survey(_place(folder)):
        one = each.entry
        state = "damaged, see verify" if each.fault else "checksum right"
        place = f"{each.path} ({state})" if each.path else "not at hand"
        print(f"{one.name}: {one.title}, {one.problems} problems, {one.licence}: {place}")
    return 0


def _verify(folder: Path | None) -> int:
    """Every file at hand, by its checksum and by reading its problems; all of them, then the error."""
    place = _place(folder)
    found = [each for each in survey(place) if each.path is not None]
    faults = 0
    for each in found:
        fault = each.fault or _unreadable(each)
        faults += bool(fault)
        right = f"{each.path}: checksum right, {each.entry.problems} problems"
        print(f"{each.entry.name}: {fault or right}")
    if faults:
        raise SourceError(f"{faults} of {len(found)} benchmarks in {place} can't be used")
    if not found:
        print(f"no benchmark file in {place}; fetch some with: hornbook benchmarks import FOLDER")
    return 0


def _unreadable(each: Found) -> str:
    try:
        count = len(load(each.entry, each.path)) if each.path else 0
    except SourceError as error:
        return str(error)
    wanted = each.entry.problems
    return "" if count == wanted else f"{each.path}: {count} problems, {wanted} expected"


def _import(folder: Path | None) -> int:
    if folder is None:
        raise ConfigError("hornbook benchmarks import FOLDER: name the folder that holds the files")
    target = benchmark_folder()
    found = import_from(folder, target)
    for each in found:
        if each.path is None:
            words = f"not found (looked for {' and '.join(each.entry.paths)})"
        else:
            words = f"not imported: {each.fault}" if each.fault else f"imported into {target}"
        print(f"{each.entry.name}: {words}")
    faults = list(dict.fromkeys(each.fault for each in found if each.fault))
    if faults:
        raise SourceError("not imported: " + "; ".join(faults))
    return 0
