"""Text enters: wheels, the standard library, folders and tables become documents (phi-1 2.1)."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hornbook.errors import SourceError
from hornbook.records import Document, Dropped
from hornbook.sources.config import SourcesSettings
from hornbook.sources.duplicates import with_last_keepers, without_copies, without_near_copies
from hornbook.sources.everything import READ, read_all
from hornbook.sources.sample import Sample, document_name, held_out
from hornbook.sources.text import Raw, Reading, decode, document, read_text
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import write_shards

SIGNED = 0.95
"""Share of the stage's time that is over when all signatures are made."""

Wanted = frozenset[tuple[str, str, str]]


def run(
    context: StageContext, settings: SourcesSettings, wanted: Wanted = frozenset()
) -> StageResult:
    """Read every source, take a sample, drop duplicates, hold some documents out.

    `wanted` names (collection, version, path) of files that a later stage needs whole, whether
    they are in the sample or not. Writes `documents/`, `held_out/`, `annotated/` and `dropped/`.
    Raises `SourceError` for a source that is missing, empty or damaged, `NetworkError` for a
    download that failed.
    """
    reading = Reading(settings, frozenset((collection, path) for collection, _, path in wanted))
    sample = Sample(settings.sample_bytes, context.seed)
    annotated: dict[tuple[str, str], Document] = {}
    dropped: list[Dropped] = []
    seen = 0
    for raw in read_all(context, settings, reading):
        seen += 1
        if isinstance(raw, Raw) and reading.is_wanted(raw.origin):
            _keep_whole(raw, annotated, settings.max_wanted_bytes)
        row = read_text(raw, settings) if isinstance(raw, Raw) else raw
        if isinstance(row, Dropped):
            dropped.append(row)
        else:
            dropped.extend(_not_sampled(out) for out in sample.offer(row))
    rows, copies = without_copies(sample.rows())
    if not rows:
        raise SourceError(_nothing_left(settings, seen, dropped))
    rows, near = _unlike(context, settings, rows)
    dropped += [*with_last_keepers(copies, near), *near]
    out = held_out(rows, settings.held_out_documents, context.seed)
    write_shards(context.folder / "documents", Document, (r for r in rows if r.id not in out))
    write_shards(context.folder / "held_out", Document, (r for r in rows if r.id in out))
    whole = sorted(annotated.values(), key=document_name)
    write_shards(context.folder / "annotated", Document, whole)
    dropped.sort(key=lambda row: (row.source, row.collection, row.path, row.reason, row.id))
    write_shards(context.folder / "dropped", Dropped, dropped)
    counts = {
        "documents": Counts(
            seen, len(rows), dict(sorted(Counter(r.reason for r in dropped).items()))
        ),
        "annotated": Counts(
            len(reading.wanted), len(whole), {"not-at-hand": len(reading.wanted) - len(whole)}
        ),
    }
    return StageResult(counts, _facts(settings, rows, len(out)))


def _keep_whole(raw: Raw, annotated: dict[tuple[str, str], Document], limit: int) -> None:
    """Keep a file that annotations refer to; one that is no text can't have been annotated."""
    try:
        text = decode(raw.data) if len(raw.data) <= limit else ""
    except UnicodeDecodeError:
        return
    if text:
        key, row = (raw.origin.collection, raw.origin.path), document(text, raw.origin)
        # Two versions, or two folders of one name: the choice must not depend on their order.
        annotated[key] = min(row, annotated.get(key, row), key=document_name)


def _unlike(
    context: StageContext, settings: SourcesSettings, rows: Sequence[Document]
) -> tuple[list[Document], list[Dropped]]:
    def on_done(done: int, total: int) -> None:
        share = READ + (SIGNED - READ) * done / max(total, 1)
        context.progress.advance(share, 1.0, "near duplicates")

    scratch = context.folder / ".ledger"
    found = without_near_copies(rows, settings.near_duplicates, context.workers, scratch, on_done)
    shutil.rmtree(scratch, ignore_errors=True)
    return found


def _not_sampled(row: Document) -> Dropped:
    detail = f"{len(row.text):,} characters, outside the sample"
    return Dropped(row.id, row.source, row.collection, row.path, "not-sampled", detail)


def _nothing_left(settings: SourcesSettings, seen: int, dropped: Sequence[Dropped]) -> str:
    files = [table.path for table in settings.files]
    named = [settings.pypi, settings.python and "python", *settings.folders, *files]
    where = ", ".join(str(name) for name in named if name)
    reasons = Counter(row.reason for row in dropped).most_common(5)
    why = ", ".join(f"{count:,} {reason}" for reason, count in reasons) or "they are empty"
    return (
        f"sources: no document left of {seen:,} files seen in {where} ({why}); name other sources"
    )


def _facts(settings: SourcesSettings, rows: Sequence[Document], out: int) -> dict[str, Any]:
    collections: dict[str, dict[str, Any]] = {}
    for row in rows:
        entry = collections.setdefault(
            row.collection,
            {"documents": 0, "characters": 0, "licence": row.licence, "version": row.version},
        )
        entry["documents"] += 1
        entry["characters"] += len(row.text)
    return {
        "characters": sum(len(row.text) for row in rows),
        "held_out": out,
        "sample_characters": settings.sample_bytes,
        "collections": dict(sorted(collections.items())),
    }
