"""A teacher judged a sample; a forest learns to judge like it; the best of the rest is kept.

The paper's section 2.1 with its three steps in its order: annotate, embed and fit, select.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hornbook.errors import SourceError
from hornbook.quality.annotations import Excerpt, resolve
from hornbook.quality.config import QualitySettings
from hornbook.quality.forest import EMBEDDER, fit_forest
from hornbook.quality.scoring import DocumentScore, score_documents
from hornbook.quality.selection import scored, split, threshold_of
from hornbook.quality.validation import Validation, validate
from hornbook.records import Annotation, Document, Dropped
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import read_rows, write_json, write_rows, write_shards

VALIDATED, FITTED = 0.4, 0.5
"""Shares of the stage's time that are over when the forest is validated, and when it is fitted."""
HISTOGRAM_BINS = 50


def run(
    context: StageContext, settings: QualitySettings, annotations: Sequence[Annotation]
) -> StageResult:
    """Write `documents/`, `held_out/`, `dropped/`, `forest.safetensors`, `scores.parquet` and
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
        "embedder": EMBEDDER.name,
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
    """Validate on folds, then fit the forest on all excerpts."""

    def on_done(done: int, total: int) -> None:
        context.progress.advance(VALIDATED * done / total, 1.0, "validating the forest")

    vectors = EMBEDDER.embed([excerpt.text for excerpt in excerpts])
    validation = validate(excerpts, vectors, settings, context.seed, context.workers, on_done)
    groups = [excerpt.annotation.distribution for excerpt in excerpts]
    judged = [excerpt.annotation.score for excerpt in excerpts]
    forest = fit_forest(vectors, judged, groups, settings, context.seed, context.workers)
    forest.save(context.folder / "forest.safetensors")
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
    forest = context.folder / "forest.safetensors"
    found = score_documents(documents, forest, context.workers, ledger, on_done)
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
