"""A teacher judged a sample; a classifier learns to judge like it; the best of the rest is kept.

The paper's section 2.1 with its three steps in its order: annotate, embed and fit, select.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hornbook.embed import embedder_for
from hornbook.engine import executor_of
from hornbook.errors import SourceError
from hornbook.quality.annotations import Excerpt, resolve
from hornbook.quality.config import QualitySettings
from hornbook.quality.filter import fit_filter
from hornbook.quality.scoring import DocumentScore, score_documents
from hornbook.quality.selection import scored, split, threshold_of
from hornbook.quality.validation import Validation, validate
from hornbook.records import Annotation, Document, Dropped
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import read_rows, write_json, write_rows, write_shards

VALIDATED, FITTED = 0.4, 0.5
"""Shares of the stage's time that are over when the filter is validated, and when it is fitted."""
HISTOGRAM_BINS = 50


def run(
    context: StageContext, settings: QualitySettings, annotations: Sequence[Annotation]
) -> StageResult:
    """Write `documents/`, `held_out/`, `dropped/`, `filter.safetensors`, `scores.parquet` and
    `validation.json`.

    `held_out/` holds those of the sources' held-out documents that the filter would keep.
    Raises `SourceError` where too few annotations can be used.
    """
    folder, sources = context.folder, context.inputs["sources"]
    excerpts, unusable = resolve(annotations, read_rows(sources / "annotated", Document))
    _enough(excerpts, unusable, settings)
    validation = _fit(context, settings, excerpts)

    documents = list(read_rows(sources / "documents", Document))
    held_out = list(read_rows(sources / "held_out", Document))
    scores = _score(context, [*documents, *held_out])
    table = [score for score in scores if isinstance(score, DocumentScore)]
    write_rows(folder / "scores.parquet", DocumentScore, table)
    judged, failed = scored(documents, scores[: len(documents)], settings)
    threshold = threshold_of(judged, settings)
    kept, below = split(judged, threshold)
    judged_out, failed_out = scored(held_out, scores[len(documents) :], settings)
    kept_out, below_out = split(judged_out, threshold)

    write_shards(folder / "documents", Document, kept)
    write_shards(folder / "held_out", Document, kept_out)
    write_shards(folder / "dropped", Dropped, [*unusable, *below, *failed, *below_out, *failed_out])
    counts = {
        "annotations": Counts(len(annotations), len(excerpts), _reasons(unusable)),
        "documents": Counts(len(documents), len(kept), _reasons(below), len(failed)),
        "held-out": Counts(len(held_out), len(kept_out), _reasons(below_out), len(failed_out)),
    }
    facts = {
        "annotations": {"resolved": len(excerpts), "dropped": len(unusable)},
        "embedder": settings.embedder,
        "classifier": settings.classifier,
        "metrics": [asdict(metric) for metric in validation.metrics],
        "reliability": validation.reliability,
        "worth": settings.worth,
        "threshold": threshold,
        "characters_kept": sum(len(row.text) for row in kept),
        "histogram": _histogram([row.score or 0.0 for row in judged]),
        "collections": _by_collection(documents, kept),
    }
    return StageResult(counts, facts)


def _enough(
    excerpts: Sequence[Excerpt], unusable: Sequence[Dropped], settings: QualitySettings
) -> None:
    if len(excerpts) >= settings.min_annotations:
        return
    reasons = ", ".join(f"{n} {reason}" for reason, n in _reasons(unusable).items())
    raise SourceError(
        f"quality: {len(excerpts)} annotations can be used ({reasons}), at least"
        f" {settings.min_annotations} are needed; read the annotated distributions as well"
        ' (sources.pypi = "teacher" has those of the recorded teacher)'
    )


def _fit(
    context: StageContext, settings: QualitySettings, excerpts: Sequence[Excerpt]
) -> Validation:
    """Validate on folds, then fit the filter on all excerpts."""

    def on_done(done: int, total: int) -> None:
        context.progress.advance(VALIDATED * done / total, 1.0, "validating the filter")

    embedder, how = embedder_for(settings.embedder), (context.seed, context.workers)
    texts = [excerpt.text for excerpt in excerpts]
    vectors = embedder.embed(texts)
    validation = validate(excerpts, embedder, vectors, settings, how, on_done)
    judged = [excerpt.annotation.score for excerpt in excerpts]
    fitted = fit_filter(embedder, vectors, texts, judged, settings, how)
    fitted.save(context.folder / "filter.safetensors")
    rows = zip(excerpts, validation.fold, validation.predicted, validation.probability, strict=True)
    write_json(
        context.folder / "validation.json",
        [
            {
                "id": excerpt.annotation.id,
                "distribution": excerpt.annotation.distribution,
                "score": excerpt.annotation.score,
                "fold": fold,
                "predicted": round(predicted, 6),
                "probability": round(probability, 6),
            }
            for excerpt, fold, predicted, probability in rows
        ],
    )
    return validation


def _score(context: StageContext, documents: Sequence[Document]) -> list[Any]:
    def on_done(done: int, total: int) -> None:
        share = FITTED + (1 - FITTED) * done / max(total, 1)
        context.progress.advance(share, 1.0, "documents scored")

    ledger = context.folder / ".ledger"
    kept = context.folder / "filter.safetensors"
    found = score_documents(documents, kept, executor_of(context), ledger, on_done)
    shutil.rmtree(ledger, ignore_errors=True)
    return found


def _reasons(rows: Sequence[Dropped]) -> dict[str, int]:
    return dict(sorted(Counter(row.reason for row in rows).items()))


def _histogram(scores: Sequence[float]) -> dict[str, list[Any]]:
    import numpy as np

    counts, edges = np.histogram(scores, HISTOGRAM_BINS, (0, 5))
    return {"edges": [round(float(edge), 4) for edge in edges], "counts": counts.tolist()}


def _by_collection(seen: Sequence[Document], kept: Sequence[Document]) -> dict[str, list[int]]:
    """For each collection, documents judged and kept."""
    before, after = (Counter(row.collection for row in rows) for rows in (seen, kept))
    return {name: [before[name], after[name]] for name in sorted(before)}
