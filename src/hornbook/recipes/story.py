"""The story of one row: where it came from, what was decided about it, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError
from hornbook.records import Document, Dropped, Exercise, Match
from hornbook.storage import read_rows, shards

MIN_PREFIX = 4
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
    return [f"row {ids[0]}", *_lines(sightings), *_matches(run, ids[0]), *_twins(run, ids[0])]


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
