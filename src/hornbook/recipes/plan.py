"""What a run will take, stage by stage, before it starts.

Rows and tokens follow from the recipe. Seconds, memory and disk are figures measured on the
reference machine (2 cores, no accelerator) times what the recipe asks for; once a stage has run on
this machine, its own pace replaces the reference's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.benchmarks import benchmark_folder, entry, find
from hornbook.errors import DamagedFileError
from hornbook.progress import duration
from hornbook.recipes.folder import cache_folder
from hornbook.recipes.graph import arm_phases
from hornbook.recipes.recipe import Recipe
from hornbook.sources import expected_characters, load_pins
from hornbook.storage import read_json, write_json
from hornbook.tokens.config import Epochs

# Measured on the reference machine; see docs/benchmarks.md for the command.
BYTES_PER_DOCUMENT = 13_500
BYTES_PER_TOKEN = 3.3
BYTES_DOWNLOADED_PER_SECOND = 4e6
SECONDS_PER_SOURCE_MB = 0.2
SECONDS_PER_QUALITY_MB = 0.15
SECONDS_PER_EXERCISE = 0.002
SECONDS_PER_SCAN_MB = 0.45
SECONDS_PER_PACK_MB = 0.25
FLOPS_PER_SECOND = 2.2e11
SECONDS_PER_ANSWER = 0.06
SECONDS_PER_CHECK = 0.005
BYTES_PER_WEIGHT = 30
"""While training: master, gradients, the optimizer's memory, the copy that computes, and slack."""
LONG_ENOUGH = 5.0
"""Seconds that a stage must have been planned to take for its pace to say something."""


@dataclass(frozen=True)
class Estimate:
    """What one stage is expected to take."""

    stage: str
    rows: int
    tokens: int
    seconds: float
    memory_mb: float
    disk_mb: float
    planned: float
    """Seconds on the reference machine, before this machine's pace is applied."""


def estimate(recipe: Recipe) -> list[Estimate]:
    """One row a stage, in running order."""
    rows = _data_rooms(recipe) + _training(recipe) + _judgement(recipe)
    paces = _paces()
    return [_at_pace(row, paces.get(f"{recipe.name}/{row.stage}", 1.0)) for row in rows]


def _row(
    stage: str, rows: int, tokens: int, seconds: float, memory: float, disk: float
) -> Estimate:
    return Estimate(stage, rows, tokens, seconds, memory, disk, seconds)


def _at_pace(row: Estimate, pace: float) -> Estimate:
    return Estimate(
        row.stage,
        row.rows,
        row.tokens,
        round(row.planned * pace, 1),
        row.memory_mb,
        row.disk_mb,
        row.planned,
    )


def _data_rooms(recipe: Recipe) -> list[Estimate]:
    characters = expected_characters(recipe.sources)
    mb = characters / 1e6
    documents = round(characters / BYTES_PER_DOCUMENT)
    exercises = recipe.synthesis.train_exercises + 1_115
    tokens = round(characters / BYTES_PER_TOKEN)
    return [
        _row(
            "sources",
            documents,
            tokens,
            5 + SECONDS_PER_SOURCE_MB * mb + _to_download(recipe) / BYTES_DOWNLOADED_PER_SECOND,
            600,
            15 + 0.6 * mb,
        ),
        _row("quality", documents, tokens, 4 + SECONDS_PER_QUALITY_MB * mb, 700, 2 + 0.5 * mb),
        _row("synthesis", exercises, exercises * 130, 3 + SECONDS_PER_EXERCISE * exercises, 300, 3),
        _row(
            "decontaminate",
            documents + exercises,
            tokens,
            2 + SECONDS_PER_SCAN_MB * mb,
            700,
            3 + 0.6 * mb,
        ),
        _row(
            "tokens", documents + exercises, tokens, 2 + SECONDS_PER_PACK_MB * mb, 900, 4 + 0.9 * mb
        ),
    ]


def _to_download(recipe: Recipe) -> int:
    """Bytes of the wheels that the cache lacks."""
    if recipe.sources.pypi is None:
        return 0
    wheels = cache_folder() / "wheels"
    pins = load_pins(recipe.sources.pypi)
    return sum(pin.bytes for pin in pins if not (wheels / f"{pin.sha256}.whl").exists())


def _training(recipe: Recipe) -> list[Estimate]:
    parameters = recipe.model.parameters
    rows = []
    for arm, phase in arm_phases(recipe):
        tokens = recipe.planned_tokens(phase) or _by_epochs(recipe, phase)
        seconds = 6 + tokens * 6 * parameters / FLOPS_PER_SECOND
        sequences = round(tokens / recipe.model.context)
        memory = 1_100 + parameters * BYTES_PER_WEIGHT / 1e6
        rows.append(
            _row(f"train/{arm}/{phase}", sequences, tokens, seconds, memory, parameters * 36 / 1e6)
        )
    return rows


def _by_epochs(recipe: Recipe, phase: str) -> int:
    """About what a mixture given in epochs comes to, as if each table were as large as the code."""
    mixture = recipe.tokens.mixtures[recipe.train.phases[phase].mixture]
    epochs = sum(part.epochs for part in mixture.values() if isinstance(part, Epochs))
    return round(epochs * expected_characters(recipe.sources) / BYTES_PER_TOKEN)


def _judgement(recipe: Recipe) -> list[Estimate]:
    problems = recipe.synthesis.in_distribution + recipe.synthesis.unknown
    for name in recipe.evaluate.benchmarks:
        if find(entry(name), benchmark_folder()) is not None:
            problems += min(entry(name).problems, recipe.evaluate.public_problems)
    arms = len(recipe.train.arms)
    rows = [
        _row(
            f"evaluate/{arm}", problems, problems * 60, 8 + SECONDS_PER_ANSWER * problems, 1_750, 1
        )
        for arm in recipe.train.arms
    ]
    answers, tried = problems * arms, 3 * problems  # the pre-flight's three answers a problem
    return [
        *rows,
        _row("evaluate/scores", answers, 0, 4 + SECONDS_PER_CHECK * (answers + tried), 1_750, 1),
        _row("report", 0, 0, 4, 1_750, 2),
    ]


def remember_pace(recipe: Recipe, stage: str, seconds: float, planned: float) -> None:
    """Note how this machine did beside the reference, for the next plan of this recipe."""
    if planned < LONG_ENOUGH:
        return
    paces = _paces()
    paces[f"{recipe.name}/{stage}"] = round(seconds / planned, 3)
    write_json(cache_folder() / "pace.json", paces)


def _paces() -> dict[str, float]:
    path = cache_folder() / "pace.json"
    try:
        return dict(read_json(path)) if path.exists() else {}
    except (DamagedFileError, ValueError, TypeError):
        return {}


def table(recipe: Recipe, rows: Sequence[Estimate]) -> str:
    """The plan as lines of text."""
    width = max(len(row.stage) for row in rows)
    head = (
        f"{'stage':<{width}}  {'rows':>9}  {'tokens':>11}  {'time':>12}  {'memory':>9}  {'disk':>8}"
    )
    lines = [f"{recipe.title} (recipe {recipe.name}, seed {recipe.seed})", "", head]
    lines += [
        f"{row.stage:<{width}}  {row.rows:>9,}  {row.tokens:>11,}  {duration(row.seconds):>12}"
        f"  {row.memory_mb:>6,.0f} MB  {row.disk_mb:>5,.0f} MB"
        for row in rows
    ]
    total, disk = sum(row.seconds for row in rows), sum(row.disk_mb for row in rows)
    peak = max(row.memory_mb for row in rows)
    lines += [
        "",
        f"in all about {duration(total)}, at most {peak:,.0f} MB of memory, {disk:,.0f} MB of disk",
    ]
    return "\n".join(lines)
