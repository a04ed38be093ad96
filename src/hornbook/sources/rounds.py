"""All pieces read, in rounds: what one round found says what the next need not keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.engine import Job
from hornbook.errors import SourceError
from hornbook.records import Document
from hornbook.sources.jobs import Hands
from hornbook.sources.pieces import Piece
from hornbook.sources.reading import Errand, Read, keep_smallest
from hornbook.sources.sample import bar
from hornbook.sources.text import writable
from hornbook.storage import digest, read_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_ROUND = 32
"""Pieces of the first round; each round after it is twice as long as the one before."""


@dataclass
class Found:
    """What all pieces gave."""

    shards: list[tuple[str, str]] = field(default_factory=list)
    """Of each shard the file of its texts, and the file of what is known of them."""
    dropped: list[str] = field(default_factory=list)
    whole: dict[tuple[str, str], Document] = field(default_factory=dict)
    """Files that a later stage needs whole, by collection and path."""
    seen: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)

    def take(self, result: dict[str, Any]) -> None:
        self.shards += [(texts, known) for texts, known in result["shards"]]
        self.dropped += result["dropped"]
        self.seen += result["seen"]
        self.reasons.update(result["reasons"])
        self.masked.update(result["masked"])
        if result["whole"] is not None:
            for row in read_rows(Path(result["whole"]), Document):
                keep_smallest(row, self.whole)


def read_pieces(pieces: Sequence[Piece], work: Read, hands: Hands) -> Found:
    """Read every piece; texts that can't be in the sample are not kept.

    Raises `SourceError` where a source that should hold rows has none.
    """
    budget = work.reading.settings.sample_bytes
    found, start, count = Found(), 0, FIRST_ROUND if budget is not None else len(pieces)
    highest: int | None = None
    rows_of: Counter[str] = Counter()
    while start < len(pieces):
        part = pieces[start : start + count]
        jobs = []
        for number, piece in enumerate(part, start):
            # The bar is not in the key: a lower one changes what is kept, never what is chosen.
            errand = Errand(piece, f"piece-{number:06d}", highest)
            jobs.append(Job(errand.stem, errand, digest(writable(piece.name))))
        for piece, result in zip(part, hands.part(start, len(pieces)).do(work, jobs), strict=True):
            found.take(result)
            rows_of[piece.place] += result["seen"]
        start, count = start + len(part), 2 * count
        highest = bar(*_places(found.shards), budget)
    for piece in pieces:
        if piece.place and not rows_of[piece.place]:
            raise SourceError(f"{piece.place}: empty; name a file with rows")
    return found


def _places(shards: Sequence[tuple[str, str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where every document found stands in the sample's order, and its size."""
    import numpy as np
    import pyarrow.parquet as pq

    columns = ["sample", "characters"]
    tables = [pq.read_table(known, columns=columns) for _, known in shards]
    places, sizes = (
        np.concatenate([np.empty(0, np.int64), *(table[name].to_numpy() for table in tables)])
        for name in columns
    )
    return places, sizes
