"""Walking a recipe's stages: skip what is whole, go on with what is half, do the rest."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hornbook.errors import ResourceError
from hornbook.progress import Lines, for_terminal
from hornbook.recipes.folder import cache_folder, claimed, settle
from hornbook.recipes.graph import stages_of
from hornbook.recipes.plan import estimate, remember_pace
from hornbook.recipes.recipe import Recipe, resolved
from hornbook.stages import (
    EngineChoice,
    Manifest,
    Stage,
    StageContext,
    finished,
    run_stage,
    stage_key,
)


@dataclass(frozen=True)
class RunOptions:
    """How a recipe is walked. Nothing here changes a byte of data or a weight; `sandbox` decides
    whether and how generated code is run, `loggers` where training's meters are shown as well."""

    folder: Path
    workers: int = 1
    sandbox: str = "auto"
    until: str | None = None
    update: bool = False
    loggers: tuple[str, ...] = ()
    engine: EngineChoice = field(default_factory=EngineChoice)


def run_recipe(recipe: Recipe, options: RunOptions, progress: Lines | None = None) -> bool:
    """Bring the run's folder to its end. Returns False where there was nothing to do."""
    with claimed(options.folder):
        settle(options.folder, resolved(recipe), options.update)
        stages = chosen(stages_of(recipe, options.sandbox, options.loggers), options.until)
        expected = {row.stage: row for row in estimate(recipe)}
        _check_disk(
            options.folder, sum(expected[s.name].disk_mb for s in stages if s.name in expected)
        )
        shown = progress
        digests: dict[str, str] = {}
        worked = False
        try:
            for stage in stages:
                inputs = {name: digests[name] for name in stage.inputs}
                key = stage_key(stage, recipe.seed, inputs)
                manifest = finished(stage, options.folder / stage.name, key)
                if manifest is None:
                    if shown is None:
                        shown = for_terminal([(s.name, expected[s.name].seconds) for s in stages])
                    worked = True
                    manifest = _do(stage, recipe, options, inputs, shown)
                    remember_pace(
                        recipe, stage.name, manifest.seconds, expected[stage.name].planned
                    )
                elif shown is not None:
                    shown.begin(stage.name)
                    shown.finish(skipped=True)
                digests[stage.name] = manifest.output_digest
        finally:
            if shown is not None:
                shown.close()
    return worked


def chosen(stages: Sequence[Stage], until: str | None) -> list[Stage]:
    """The stages up to the last one of the room `until`."""
    if until is None:
        return list(stages)
    last = max(i for i, stage in enumerate(stages) if stage.name.split("/")[0] == until)
    return list(stages[: last + 1])


def _do(
    stage: Stage, recipe: Recipe, options: RunOptions, inputs: dict[str, str], shown: Lines
) -> Manifest:
    context = StageContext(
        folder=options.folder / stage.name,
        inputs={name: options.folder / name for name in stage.inputs},
        seed=recipe.seed,
        workers=options.workers,
        progress=shown,
        cache=cache_folder(),
        engine=options.engine,
    )
    shown.begin(stage.name)
    manifest = run_stage(stage, options.folder, context, inputs)
    shown.finish(skipped=False, note=_outcome(manifest))
    return manifest


def _outcome(manifest: Manifest) -> str:
    """What became of the rows, in one line.

    The reasons stand in the manifest and the report.
    """
    parts = []
    for kind, counts in manifest.counts.items():
        dropped = sum(counts["dropped"].values())
        text = f"{counts['kept']:,} {kind}"
        if dropped or counts["failed"]:
            text += f" ({dropped:,} dropped, {counts['failed']:,} failed)"
        parts.append(text)
    return ", ".join(parts)


def _check_disk(folder: Path, needed_mb: float) -> None:
    free = shutil.disk_usage(folder).free / 1e6
    if free < needed_mb * 0.5:
        raise ResourceError(
            f"{folder}: {free:,.0f} MB free, about {needed_mb:,.0f} MB needed; free some space or"
            " choose another disk with --runs"
        )
