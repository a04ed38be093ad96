"""The story of one row: where it came from, what was decided about it, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.config import settings_from
from hornbook.errors import ConfigError, HornbookError
from hornbook.quality import Filter, explain
from hornbook.recipes.embedders import embedders_of
from hornbook.recipes.folder import RECIPE
from hornbook.recipes.lessons import TOKENIZER, PhaseRead, read_by
from hornbook.recipes.recipe import Recipe
from hornbook.records import Document, Dropped, Exercise, Match
from hornbook.stages import MANIFEST
from hornbook.storage import read_json, read_rows, shards
from hornbook.tokens import HELD_OUT, Packed, Times, Tokenizer

MIN_PREFIX = 4
PIECES = 6
"""Pieces of a long document that are told about."""
# Where rows lie in a run, in the order text flows.
TABLES: tuple[tuple[str, type[Any]], ...] = (
    ("sources/documents", Document),
    ("sources/held_out", Document),
    ("sources/annotated", Document),
    ("sources/dropped", Dropped),
    ("quality/documents", Document),
    ("quality/held_out", Document),
    ("quality/dropped", Dropped),
    ("synthesis/textbooks", Document),
    ("synthesis/held_out_textbooks", Document),
    ("synthesis/exercises", Exercise),
    ("synthesis/dropped", Dropped),
    ("decontaminate/code", Document),
    ("decontaminate/selected", Document),
    ("decontaminate/textbooks", Document),
    ("decontaminate/exercises", Exercise),
    ("decontaminate/dropped", Dropped),
)


@dataclass(frozen=True)
class Sighting:
    """The row in one table of the run."""

    table: str
    row: Any


def tell(run: Path, prefix: str) -> list[str]:
    """The story of the row whose id begins with `prefix`, as lines.

    Raises `ConfigError` where no row, or more than one, begins so.
    """
    if len(prefix) < MIN_PREFIX:
        raise ConfigError(f"hornbook why {prefix}: give at least {MIN_PREFIX} characters of the id")
    sightings = list(_sightings(run, prefix))
    ids = sorted({seen.row.id for seen in sightings})
    if not ids:
        raise ConfigError(f"no row of {run} has an id that begins with `{prefix}`")
    if len(ids) > 1:
        some = ", ".join(one[:16] for one in ids[:5])
        raise ConfigError(
            f"{len(ids)} rows of {run} begin with `{prefix}`: {some}; give more of it"
        )
    row_id = ids[0]
    return [
        f"row {row_id}",
        *_lines(sightings),
        *_score(run, sightings),
        *_matches(run, row_id),
        *_twins(run, row_id),
        *_models(run, row_id),
    ]


def _sightings(run: Path, prefix: str) -> Iterator[Sighting]:
    for table, record in TABLES:
        for shard in shards(run / table):
            if _may_hold(shard, prefix):
                for row in read_rows(shard, record):
                    if row.id.startswith(prefix):
                        yield Sighting(table, row)


def _may_hold(shard: Path, prefix: str) -> bool:
    """Look at the ids alone before reading texts."""
    import pyarrow.parquet as pq

    ids = pq.read_table(shard, columns=["id"]).column("id").to_pylist()
    return any(one.startswith(prefix) for one in ids)


def _lines(sightings: list[Sighting]) -> Iterator[str]:
    for seen in sightings:
        row = seen.row
        if isinstance(row, Exercise):
            yield f"{seen.table}: exercise {row.name} ({row.origin}), family {row.family}, parameters {row.parameters}"
            continue
        place = f"{row.source}: {row.collection} {row.path}".rstrip()
        score = "" if row.score is None else f", score {row.score:.2f}"
        if isinstance(row, Dropped):
            word = "failed" if row.failed else "dropped"
            yield f"{seen.table}: {word}, {row.reason}{score} - {row.detail} ({place})"
            if row.keeper:
                yield f"  kept in its place: {row.keeper}"
        else:
            licence = row.licence or "licence not stated"
            yield f"{seen.table}: kept{score} ({place}, version {row.version or '-'}, {licence})"


def _filter(run: Path) -> Filter:
    return Filter.load(run / "quality" / "filter.safetensors", make=embedders_of(run.parent))


def _score(run: Path, sightings: list[Sighting]) -> Iterator[str]:
    """What spoke for the row and against it when the filter judged it."""
    judged = [seen.row for seen in sightings if seen.table.startswith("quality/")]
    texts = [row.text for row in judged if row.text and row.score is not None]
    if not texts:
        return
    try:
        pieces = explain(_filter(run), texts[0])
    except HornbookError as error:
        # The rest of the story stands without it.
        yield f"why it has its score can't be told: {error}"
        return
    for piece in pieces[:PIECES]:
        yield f"  lines {piece.first_line} to {piece.last_line} score {piece.score:.2f}"
        if piece.generated:
            yield "    a program wrote them, they say, so they have the lowest score"
        else:
            yield from (f"    {reason.sentence()}" for reason in piece.reasons)
    if len(pieces) > PIECES:
        yield f"  and {len(pieces) - PIECES} pieces more"


def _matches(run: Path, row_id: str) -> Iterator[str]:
    path = run / "decontaminate" / "matches.parquet"
    if not path.exists():
        return
    for match in read_rows(path, Match):
        if match.document_id == row_id:
            yield (
                f"resembles {match.task_id} of {match.benchmark}: {match.kind} {match.score:g},"
                f" {match.detail}"
            )


def _twins(run: Path, row_id: str) -> Iterator[str]:
    """Rows that were dropped because this one was kept."""
    for row in read_rows(run / "sources" / "dropped", Dropped):
        if row.keeper == row_id:
            yield f"its {row.reason} was dropped: {row.id[:16]} ({row.collection} {row.path})"


def _models(run: Path, row_id: str) -> Iterator[str]:
    """For each arm's model, how often it has read the row and when first."""
    if not (run / "tokens" / MANIFEST).exists():
        return
    try:
        recipe = settings_from(Recipe, read_json(run / RECIPE), str(run / RECIPE))
        opened: dict[str, Packed] = {}
        yield from _held_out(run / "tokens", row_id)
        for arm in recipe.train.arms:
            yield f"model {arm}: {_readings(list(read_by(recipe, run, arm, opened)), row_id)}"
    except HornbookError as error:
        # The rest of the story stands without it.
        yield f"what the models read can't be told: {error}"


def _held_out(folder: Path, row_id: str) -> Iterator[str]:
    digest = Tokenizer.load(folder / TOKENIZER).digest
    for name in HELD_OUT:
        if Packed.open(folder, name, digest).find(row_id):
            yield f"tokens/{name}: looked at while training, never learnt"


def _readings(phases: list[PhaseRead], row_id: str) -> str:
    """All phases added up, then one by one."""
    by_phase = [_by_table(each, row_id) for each in phases]
    total = sum((times for each in by_phase for times in each.values()), Times(0, 0))
    if not total.ever:
        return "never read" if all(each.finished for each in phases) else "not read so far"
    told = [_of_phase(each, found, row_id) for each, found in zip(phases, by_phase, strict=True)]
    return f"{_often(total)} ({'; '.join(told)})"


def _by_table(phase: PhaseRead, row_id: str) -> dict[str, Times]:
    """Tables of the phase's mixture from which the row was read."""
    found = {table: phase.ledger.times(table, row_id) for table in phase.tables}
    return {table: times for table, times in found.items() if times.ever}


def _of_phase(phase: PhaseRead, found: dict[str, Times], row_id: str) -> str:
    name = f"{phase.arm}/{phase.phase}"
    if not phase.finished:
        name += f", {phase.steps} steps so far"
    if not found:
        return f"{name}: never"
    firsts = [phase.ledger.first(table, row_id) for table in found]
    step = min(first[1] for first in firsts if first is not None) // phase.sequences_a_step + 1
    often = ", ".join(f"{_often(times)} from {table}" for table, times in found.items())
    return f"{name}: {often}, first in step {step} of {phase.steps}"


def _often(times: Times) -> str:
    """
    >>> _often(Times(2, 0)), _often(Times(1, 7)), _often(Times(0, 7))
    ('read 2 times', 'read once and 7 tokens more', 'read in part, 7 tokens')
    """
    if not times.whole:
        return f"read in part, {times.tokens} tokens"
    words = "read once" if times.whole == 1 else f"read {times.whole} times"
    return f"{words} and {times.tokens} tokens more" if times.tokens else words
