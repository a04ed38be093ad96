"""A teacher judged a sample; a classifier learns to judge like it; the best of the rest is kept.

The paper's section 2.1 with its three steps in its order: annotate, embed and fit, select.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from hornbook.embed import embedder_for
from hornbook.engine import executor_of
from hornbook.errors import SourceError
from hornbook.quality.annotations import Excerpt, resolve
from hornbook.quality.config import QualitySettings
from hornbook.quality.drift import Watched
from hornbook.quality.facts import by_collection, histogram, unlike
from hornbook.quality.fitting import Made, make_filter
from hornbook.quality.scoring import Scores, Scoring, score_tables
from hornbook.quality.selection import Ladder, kept, not_kept, threshold_of
from hornbook.quality.validation import predictions
from hornbook.quality.vectors import Maker, Means, sent_to_workers
from hornbook.records import Annotation, Document, Dropped
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import read_rows, write_json, write_shards

EFFORT = "effort.json"
"""Differs from run to run, so no other file depends on it."""
VALIDATED, FITTED, SCORED = 0.3, 0.35, 0.9
"""Shares of the stage's time that are over when the filter is validated and fitted, and when all
documents are scored."""


def run(
    context: StageContext,
    settings: QualitySettings,
    annotations: Sequence[Annotation],
    make: Maker = embedder_for,
) -> StageResult:
    """Write `documents/`, `held_out/`, `dropped/`, `filter.safetensors`, `scores.parquet`,
    `validation.json` and `effort.json`.

    `held_out/` holds those of the sources' held-out documents that the filter would keep. Texts
    are never all in memory. `make` gives the embedder of a name. Raises `SourceError` where too few
    annotations can be used.
    """
    folder, sources = context.folder, context.inputs["sources"]
    excerpts, unusable = resolve(annotations, read_rows(sources / "annotated", Document))
    _enough(excerpts, unusable, settings)
    made = _fit(context, settings, excerpts, make)
    validation = made.validation

    tables = [sources / "documents", sources / "held_out"]
    watched = Watched(settings.drift_sample, context.seed, made.filter.pieces)
    scores, scores_out = _score(context, made, tables, watched)
    ladder = Ladder(scores.scores, scores.sizes, validation.curve)
    threshold = threshold_of(ladder, settings)
    left = Counter(row.reason for row in unusable)
    kept_rows = write_shards(folder / "documents", Document, kept(tables[0], scores, threshold))
    kept_out = write_shards(folder / "held_out", Document, kept(tables[1], scores_out, threshold))
    below = (not_kept(*each, threshold) for each in zip(tables, (scores, scores_out), strict=True))
    write_shards(folder / "dropped", Dropped, chain(unusable, *below))
    counts = {
        "annotations": Counts(len(annotations), len(excerpts), dict(sorted(left.items()))),
        "documents": _counts(scores, kept_rows),
        "held-out": _counts(scores_out, kept_out),
    }
    facts = {
        "annotations": {"resolved": len(excerpts), "dropped": len(unusable)},
        "embedder": made.settings.embedder,
        "classifier": made.settings.classifier,
        "comparison": made.comparison and made.comparison.told(),
        "metrics": [asdict(metric) for metric in validation.metrics],
        "reliability": validation.reliability,
        "curve": asdict(validation.curve),
        "worth": settings.worth,
        "threshold": threshold,
        "characters_kept": ladder.at(threshold).characters,
        "ladder": [asdict(row) for row in ladder.table()],
        "expected_precision": ladder.at(threshold).precision,
        "drift": unlike(made, excerpts, watched),
        "histogram": histogram(scores.scores),
        "collections": by_collection(tables[0], folder / "documents"),
    }
    return StageResult(counts, facts)


def _enough(
    excerpts: Sequence[Excerpt], unusable: Sequence[Dropped], settings: QualitySettings
) -> None:
    if len(excerpts) >= settings.min_annotations:
        return
    found = sorted(Counter(row.reason for row in unusable).items())
    reasons = ", ".join(f"{n} {reason}" for reason, n in found)
    raise SourceError(
        f"quality: {len(excerpts)} annotations can be used ({reasons}), at least"
        f" {settings.min_annotations} are needed; read the annotated distributions as well"
        ' (sources.pypi = "teacher" has those of the recorded teacher)'
    )


def _fit(
    context: StageContext, settings: QualitySettings, excerpts: Sequence[Excerpt], make: Maker
) -> Made:
    """Validate on folds, then fit the filter on all excerpts."""

    def on_done(done: int, total: int) -> None:
        context.progress.advance(VALIDATED * done / total, 1.0, "validating the filter")

    means = Means(context.seed, executor_of(context), context.workers, context.cache, make)
    made = make_filter(excerpts, settings, means, on_done)
    made.filter.save(context.folder / "filter.safetensors")
    rows = predictions(excerpts, made.validation, "distribution")
    write_json(context.folder / "validation.json", rows)
    return made


def _score(
    context: StageContext, made: Made, tables: Sequence[Path], watched: Watched
) -> list[Scores]:
    """Score every document. `effort.json` tells how many scores were known already."""

    def on_done(done: int, total: int) -> None:
        share = FITTED + (SCORED - FITTED) * done / max(total, 1)
        context.progress.advance(share, 1.0, "documents scored")

    filter_file = context.folder / "filter.safetensors"
    sent = sent_to_workers(made.filter.embedder)
    figure = made.settings.document_score
    how = Scoring(
        executor_of(context), filter_file, context.cache, figure, embedder=sent, watched=watched
    )
    found, effort = score_tables(how, tables, context.folder / "scores.parquet", on_done)
    write_json(context.folder / EFFORT, {**effort, **made.effort()})
    return found


def _counts(scores: Scores, kept_rows: int) -> Counts:
    failed, all_rows = len(scores.failures), len(scores.values)
    below = all_rows - kept_rows - failed
    return Counts(all_rows, kept_rows, {"below-threshold": below} if below else {}, failed)
