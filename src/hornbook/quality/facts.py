"""What the stage tells of its work besides counts: figures for the manifest and the report."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.embed import embedder_for
from hornbook.quality.annotations import Excerpt
from hornbook.quality.chunks import chunks
from hornbook.quality.config import QualitySettings
from hornbook.quality.drift import drift
from hornbook.randomness import seed_for
from hornbook.records import Document
from hornbook.storage import read_rows, shards

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HISTOGRAM_BINS = 50


def histogram(scores: NDArray[np.float64]) -> dict[str, list[Any]]:
    """Of all scores on the teacher's scale; NaN stands for none."""
    import numpy as np

    counts, edges = np.histogram(scores[~np.isnan(scores)], HISTOGRAM_BINS, (0, 5))
    return {"edges": [round(float(edge), 4) for edge in edges], "counts": counts.tolist()}


def by_collection(seen: Path, kept: Path) -> dict[str, list[int]]:
    """For each collection, documents judged and kept; the tables' texts are not read."""
    before, after = _collections(seen), _collections(kept)
    return {name: [before[name], after[name]] for name in sorted(before)}


def _collections(table: Path) -> Counter[str]:
    import pyarrow.parquet as pq

    found: Counter[str] = Counter()
    for path in shards(table):
        found.update(pq.read_table(path, columns=["collection"]).column(0).to_pylist())
    return found


def unlike(
    settings: QualitySettings, seed: int, excerpts: Sequence[Excerpt], table: Path
) -> dict[str, Any]:
    """Drift of a seeded sample of the documents, one piece of each, from the judged excerpts."""
    embedder = embedder_for(settings.embedder)
    order = (
        (seed_for(seed, "drift", row.id), row.id, row.text) for row in read_rows(table, Document)
    )
    texts = []
    for place, _, text in heapq.nsmallest(settings.drift_sample, order):
        pieces = chunks(text)
        texts.append(pieces[place % len(pieces)])
    judged = embedder.embed([excerpt.text for excerpt in excerpts])
    groups = [excerpt.annotation.distribution for excerpt in excerpts]
    found = drift(judged, groups, embedder.embed(texts))
    return {"texts": found.texts, "unlike": found.unlike, "sentence": found.sentence()}
