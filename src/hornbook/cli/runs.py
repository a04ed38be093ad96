"""`hornbook run`, `hornbook plan`, and every room's verb (a run up to that room)."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from hornbook.errors import ConfigError


def run(options: argparse.Namespace) -> int:
    from hornbook.recipes.recipe import load_recipe
    from hornbook.recipes.runner import RunOptions, run_recipe

    if options.workers < 1:
        raise ConfigError(f"--workers {options.workers}: must be at least 1")
    recipe = load_recipe(options.recipe, options.assignments, options.scale)
    folder = options.runs / (options.name or recipe.name)
    settings = RunOptions(
        folder=folder,
        workers=options.workers,
        sandbox=options.sandbox,
        until=options.until,
        update=getattr(options, "update", False),
    )
    worked = run_recipe(recipe, settings)
    page = folder / "report" / "report.html"
    state = "done" if worked else "nothing to do"
    print(f"{folder}: {state}" + (f"; the report is {page}" if page.exists() else ""))
    return 0


def plan(options: argparse.Namespace) -> int:
    from hornbook.recipes.plan import estimate, table
    from hornbook.recipes.recipe import load_recipe

    recipe = load_recipe(options.recipe, options.assignments, options.scale)
    rows = estimate(recipe)
    print(
        json.dumps([asdict(row) for row in rows], indent=2) if options.json else table(recipe, rows)
    )
    return 0
