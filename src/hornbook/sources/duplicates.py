"""Exact and near duplicates among the documents taken; the keeper does not depend on order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.engine import Job, JobFailure, executor_for, run_jobs
from hornbook.errors import HornbookError
from hornbook.records import Document, Dropped
from hornbook.similarity.minhash import duplicates, estimated_jaccard, signature
from hornbook.sources.sample import document_name
from hornbook.storage import atomic_file, digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DOCUMENTS_PER_JOB = 200


@dataclass
class Sign:
    """The engine's work: the MinHash signatures of a few documents."""

    version: str = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: tuple[str, list[str]]) -> dict[str, Any]:
        import numpy as np

        path, texts = payload
        with atomic_file(Path(path)) as handle:
            np.save(handle, np.stack([signature(text) for text in texts]), allow_pickle=False)
        return {"files": [path]}


def without_copies(rows: Sequence[Document]) -> tuple[list[Document], list[Dropped]]:
    """Every text once. The keeper is the smallest by collection, path and version."""
    first: dict[str, Document] = {}
    dropped = []
    for row in sorted(rows, key=document_name):
        keeper = first.setdefault(row.id, row)
        if keeper is not row:
            dropped.append(_dropped(row, keeper, "duplicate", "the same text"))
    return list(first.values()), dropped


def without_near_copies(
    rows: Sequence[Document],
    threshold: float,
    workers: int,
    scratch: Path,
    on_done: Callable[[int, int], None],
) -> tuple[list[Document], list[Dropped]]:
    """One document of each cluster of near duplicates."""
    signatures = _signatures(rows, workers, scratch, on_done)
    found = duplicates(signatures, [document_name(row) for row in rows], threshold)
    dropped = []
    for at, keeper in found.items():
        alike = estimated_jaccard(signatures[at], signatures[keeper])
        other = rows[keeper]
        # A chain of duplicates may end in two that are less alike than the threshold.
        detail = f"estimated Jaccard similarity {alike:.2f} with {other.collection}/{other.path}"
        dropped.append(_dropped(rows[at], other, "near-duplicate", detail))
    return [row for at, row in enumerate(rows) if at not in found], dropped


def with_last_keepers(copies: Sequence[Dropped], near: Sequence[Dropped]) -> list[Dropped]:
    """`copies` whose keepers are in the output: a keeper may have gone as a near duplicate."""
    gone = {row.id: row for row in near}
    return [
        replace(row, keeper=gone[row.id].keeper, detail=f"the same text as {gone[row.id].path}")
        if row.id in gone
        else row
        for row in copies
    ]


def _signatures(
    rows: Sequence[Document], workers: int, scratch: Path, on_done: Callable[[int, int], None]
) -> NDArray[np.uint32]:
    import numpy as np

    jobs = []
    for number, start in enumerate(range(0, len(rows), DOCUMENTS_PER_JOB)):
        part = rows[start : start + DOCUMENTS_PER_JOB]
        path = str(scratch / f"signatures-{number:05d}.npy")
        key = digest([row.id for row in part])
        jobs.append(Job(f"sign-{number:05d}", (path, [row.text for row in part]), key))
    results = run_jobs(executor_for(workers), Sign(), jobs, scratch, on_done)
    parts = []
    for result in results:
        if isinstance(result, JobFailure):
            raise HornbookError(f"sources: {result.job} gave no signatures: {result.reason}")
        parts.append(np.load(result["files"][0], allow_pickle=False))
    return np.concatenate(parts)


def _dropped(row: Document, keeper: Document, reason: str, detail: str) -> Dropped:
    return Dropped(row.id, row.source, row.collection, row.path, reason, detail, keeper=keeper.id)
