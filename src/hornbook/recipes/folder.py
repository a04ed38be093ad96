"""A run's folder: whose it is, who works in it, and what lies where.

runs/NAME/
  recipe.json        the resolved recipe
  sources/ quality/ synthesis/ decontaminate/ tokens/
  train/ARM/PHASE/   one stage a phase; the model lies in the last
  evaluate/ARM/      an arm's answers; evaluate/scores/ the verdicts and scores of all
  report/            report.html and summary.json
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, RunFolderError
from hornbook.storage import read_json, write_json

RECIPE = "recipe.json"


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/hornbook`: downloads, and how fast this machine was. `clean` empties it."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "hornbook"


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the run's folder for this process; a second one is told so instead of mixing in."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunFolderError(
                f"{folder}: another hornbook works in this run; wait for it or use --name NAME"
            ) from None
        yield


def settle(folder: Path, resolved: dict[str, Any], update: bool) -> None:
    """Write the resolved recipe, or check that the folder already belongs to it."""
    path = folder / RECIPE
    if path.exists():
        there = read_json(path)
        if there == resolved:
            return
        if not update:
            changed = ", ".join(sorted(differences(there, resolved))[:5])
            raise RunFolderError(
                f"{folder}: this run belongs to another recipe (it differs in {changed}); use"
                " --name NAME for a new run, or --update to redo here the stages that changed"
            )
    elif any(child.name != ".lock" for child in folder.iterdir()):
        raise RunFolderError(f"{folder}: not empty and not a run of hornbook; use --name NAME")
    write_json(path, resolved)


def differences(old: Any, new: Any, where: str = "") -> list[str]:
    """The keys in which two recipes differ.

    >>> differences({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}, "d": 4})
    ['a.c', 'd']
    """
    if isinstance(old, dict) and isinstance(new, dict):
        found = []
        for key in sorted({*old, *new}):
            inner = f"{where}.{key}" if where else key
            found.extend(differences(old.get(key), new.get(key), inner))
        return found
    return [] if old == new else [where]


def find_run(name: str, runs: Path) -> tuple[Path, str | None]:
    """The folder of `RUN[:ARM]` and the arm, if one was named. A path to a run works as well."""
    run, _, arm = name.partition(":")
    for folder in (runs / run, Path(run)):
        if (folder / RECIPE).is_file():
            return folder, arm or None
    here = sorted(path.parent.name for path in runs.glob(f"*/{RECIPE}"))
    known = (
        f"runs here: {', '.join(here)}" if here else "there is none yet; `hornbook run quickstart`"
    )
    raise ConfigError(f"no run `{run}` in {runs} ({known})")


def the_run(runs: Path) -> Path:
    """The only run in `runs`, or the one worked on last."""
    found = sorted(runs.glob(f"*/{RECIPE}"), key=lambda path: path.parent.stat().st_mtime)
    if not found:
        raise ConfigError(f"no run in {runs}; start one with `hornbook run quickstart`")
    return found[-1].parent
