"""What the stage tells of its work besides counts: figures for the manifest and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.quality.annotations import Excerpt
from hornbook.quality.drift import Neighbourhood, Watched
from hornbook.quality.fitting import Made
from hornbook.storage import shards

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


def unlike(made: Made, excerpts: Sequence[Excerpt], watched: Watched) -> dict[str, Any]:
    """Drift of the documents that were watched, one piece of each, from the judged excerpts."""
    groups = [excerpt.annotation.distribution for excerpt in excerpts]
    found = Neighbourhood(made.vectors, groups).drift(made.filter.embed(watched.pieces()))
    return {"texts": found.texts, "unlike": found.unlike, "sentence": found.sentence()}
