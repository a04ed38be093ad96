"""From scores to decisions: what is kept, what is dropped, and where the line is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hornbook.engine import JobFailure
from hornbook.quality.config import QualitySettings
from hornbook.quality.scoring import DocumentScore
from hornbook.records import Document, Dropped


def scored(
    documents: Sequence[Document],
    scores: Sequence[DocumentScore | JobFailure],
    settings: QualitySettings,
) -> tuple[list[Document], list[Dropped]]:
    """Documents with their scores, and those that could not be judged."""
    judged, failed = [], []
    for row, score in zip(documents, scores, strict=True):
        if isinstance(score, JobFailure):
            failed.append(_dropped(row, "not-scored", score.reason, failed=True))
        else:
            judged.append(replace(row, score=round(getattr(score, settings.document_score), 6)))
    return judged, failed


def threshold_of(documents: Sequence[Document], settings: QualitySettings) -> float:
    """The score from which a document is kept.

    For a fraction: the lowest score such that the documents at or above it hold no more than
    that share of all characters; the best document is kept however long it is.
    """
    if settings.fraction is None:
        return settings.threshold or 0.0
    budget = settings.fraction * sum(len(row.text) for row in documents)
    by_score: dict[float, int] = {}
    for row in documents:
        by_score[row.score or 0.0] = by_score.get(row.score or 0.0, 0) + len(row.text)
    line, used = max(by_score, default=0.0), 0
    for score in sorted(by_score, reverse=True):
        used += by_score[score]
        if used > budget:
            break
        line = score
    return line


def split(documents: Sequence[Document], threshold: float) -> tuple[list[Document], list[Dropped]]:
    """What is at or above the line, and what is below it, with its text for later readers."""
    kept, dropped = [], []
    for row in documents:
        score = row.score or 0.0
        if score >= threshold:
            kept.append(row)
        else:
            detail = f"scored {score:.3f}, kept from {threshold:.3f} on"
            dropped.append(_dropped(row, "below-threshold", detail))
    return kept, dropped


def _dropped(row: Document, reason: str, detail: str, failed: bool = False) -> Dropped:
    return Dropped(
        row.id, row.source, row.collection, row.path, reason, detail,
        score=row.score, failed=failed, text=row.text,
    )  # fmt: skip
