"""`hornbook run`, `hornbook plan`, and every room's verb (a run up to that room)."""

from __future__ import annotations

import argparse
import importlib.util
import json
from dataclasses import asdict

from hornbook.errors import ConfigError


def run(options: argparse.Namespace) -> int:
    from hornbook.cli.options import engine_of
    from hornbook.recipes.recipe import load_recipe
    from hornbook.recipes.runner import RunOptions, run_recipe
    from hornbook.storage import read_json

    if options.workers < 1:
        raise ConfigError(f"--workers {options.workers}: must be at least 1")
    engine = engine_of(options)
    _check_loggers(options.loggers)
    recipe = load_recipe(options.recipe, options.assignments, options.scale)
    folder = options.runs / (options.name or recipe.name)
    settings = RunOptions(
        folder=folder,
        workers=options.workers,
        sandbox=options.sandbox,
        until=options.until,
        update=getattr(options, "update", False),
        loggers=tuple(dict.fromkeys(options.loggers)),
        engine=engine,
    )
    worked = run_recipe(recipe, settings)
    state = "done" if worked else "nothing to do"
    if options.until not in (None, "report"):
        # A report that lies there may be older than what was done now.
        print(f"{folder}: {state}")
        return 0
    page = folder / "report" / "report.html"
    if worked:
        for sentence in read_json(page.with_name("summary.json"))["headline"]:
            print(sentence)
    print(f"{folder}: {state}; the report is {page}")
    return 0


def _check_loggers(names: list[str]) -> None:
    """What shows the meters must be installed; said before hours of work, and without torch."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            raise ConfigError(f"--log {name}: not installed; pip install {name}")


def plan(options: argparse.Namespace) -> int:
    from hornbook.recipes.plan import estimate, table
    from hornbook.recipes.recipe import load_recipe

    recipe = load_recipe(options.recipe, options.assignments, options.scale)
    rows = estimate(recipe)
    print(
        json.dumps([asdict(row) for row in rows], indent=2) if options.json else table(recipe, rows)
    )
    return 0
