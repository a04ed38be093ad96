"""Text enters: sources are read piece by piece and become documents (phi-1 2.1)."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.engine import executor_of
from hornbook.errors import SourceError
from hornbook.records import Document, Dropped
from hornbook.sources.catalogue import Catalogue
from hornbook.sources.config import SourcesSettings
from hornbook.sources.copies import find_copies
from hornbook.sources.dropping import write_dropped
from hornbook.sources.everything import FETCHED, pieces_of, places_of
from hornbook.sources.facts import collections_of, duplicates_of
from hornbook.sources.jobs import Hands
from hornbook.sources.order import write_in_order
from hornbook.sources.reading import Read
from hornbook.sources.rounds import Found, read_pieces
from hornbook.sources.sample import document_name, held_out
from hornbook.sources.scratch import DroppedRuns
from hornbook.sources.text import Reading
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import write_shards

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

READ, SIGNED, WRITTEN = 0.6, 0.8, 0.95
"""Shares of the stage's time that are over when all is read, signed, and put in order."""

Wanted = frozenset[tuple[str, str, str]]


def run(
    context: StageContext, settings: SourcesSettings, wanted: Wanted = frozenset()
) -> StageResult:
    """Read every source, take a sample, drop duplicates, hold some documents out.

    `wanted` names (collection, version, path) of files that a later stage needs whole, whether
    they are in the sample or not. Writes `documents/`, `held_out/`, `annotated/` and `dropped/`.
    Texts are never all in memory; an interrupted run goes on after the last finished piece.
    Raises `SourceError` for a source that is missing, empty or damaged, `NetworkError` for a
    download that failed.
    """
    reading = Reading(settings, frozenset((collection, path) for collection, _, path in wanted))
    scratch = context.folder / ".ledger"
    work = Read(reading, context.seed, str(scratch))
    hands, progress = Hands(executor_of(context), scratch), context.progress
    pieces = pieces_of(
        context, settings, hands.during(progress, FETCHED / 2, FETCHED, "pieces dealt")
    )
    found = read_pieces(pieces, work, hands.during(progress, FETCHED, READ, "pieces read"))
    catalogue = Catalogue(found.shards)
    if not len(catalogue):
        shutil.rmtree(scratch, ignore_errors=True)
        raise SourceError(_nothing_left(settings, found))
    sample, others = catalogue.sampled(settings.sample_bytes)
    signing = hands.during(progress, READ, SIGNED, "near duplicates")
    copies = find_copies(catalogue, sample, settings.near_duplicates, signing)
    rows = copies.kept
    out = _held_out(catalogue, rows, settings.held_out_documents)
    tables = {
        context.folder / "documents": rows[~out],
        context.folder / "held_out": rows[out],
    }
    ordering = hands.during(progress, SIGNED, WRITTEN, "put in order")
    write_in_order(catalogue, tables, settings.piece_bytes, ordering)
    whole = sorted(found.whole.values(), key=document_name)
    write_shards(context.folder / "annotated", Document, whole)
    runs = [*found.dropped, *_runs(scratch, "left-out", catalogue.left_out(others))]
    runs += _runs(scratch, "copies", copies.dropped(catalogue))
    reasons = write_dropped(context.folder / "dropped", runs, scratch)
    shutil.rmtree(scratch, ignore_errors=True)
    duplicates = duplicates_of(
        catalogue, copies, context.folder / "documents", settings, context.seed
    )
    absent = len(reading.wanted) - len(whole)
    counts = {
        "documents": Counts(found.seen, len(rows), reasons),
        "annotated": Counts(len(reading.wanted), len(whole), {"not-at-hand": absent}),
    }
    facts = {
        "characters": int(catalogue.numbers("characters")[rows].sum()),
        "held_out": int(out.sum()),
        "sample_characters": settings.sample_bytes,
        "collections": collections_of(catalogue, rows),
        "duplicates": duplicates,
    }
    return StageResult(counts, facts | _masked(settings, found))


def _held_out(catalogue: Catalogue, rows: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Which of `rows` are held out."""
    import numpy as np

    chosen = held_out(catalogue.numbers("held_out")[rows], catalogue.rank[rows], count)
    out = np.zeros(len(rows), bool)
    out[chosen] = True
    return out


def _runs(scratch: Path, name: str, rows: Iterable[Dropped]) -> list[str]:
    runs = DroppedRuns(scratch, name)
    for row in rows:
        runs.add(row)
    runs.close()
    return runs.files


def _masked(settings: SourcesSettings, found: Found) -> dict[str, Any]:
    return {"masked": dict(sorted(found.masked.items()))} if settings.mask else {}


def _nothing_left(settings: SourcesSettings, found: Found) -> str:
    where = ", ".join(places_of(settings))
    reasons = Counter(found.reasons).most_common(5)
    why = ", ".join(f"{count:,} {reason}" for reason, count in reasons) or "they are empty"
    return (
        f"sources: no document left of {found.seen:,} files seen in {where} ({why});"
        " name other sources"
    )
