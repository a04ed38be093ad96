"""The table of dropped rows, merged from sorted files however many rows there are."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hornbook.records import Dropped
from hornbook.sources.scratch import dropped_order
from hornbook.storage import read_rows, write_shards

AT_ONCE = 64
"""Files merged together: each is open, and has a batch of rows in memory."""


def write_dropped(folder: Path, runs: Sequence[str], scratch: Path) -> dict[str, int]:
    """Merge sorted `runs` into the table in `folder`; returns how many rows each reason has."""
    waiting, number = [Path(run) for run in runs], 0
    while len(waiting) > AT_ONCE:
        merged = scratch / f"merged-{number:04d}"
        write_shards(merged, Dropped, _merge(waiting[:AT_ONCE]))
        waiting, number = [*waiting[AT_ONCE:], merged], number + 1
    reasons: Counter[str] = Counter()

    def counted() -> Iterator[Dropped]:
        for row in _merge(waiting):
            reasons[row.reason] += 1
            yield row

    write_shards(folder, Dropped, counted())
    return dict(sorted(reasons.items()))


def _merge(places: Sequence[Path]) -> Iterator[Dropped]:
    yield from heapq.merge(*(read_rows(place, Dropped) for place in places), key=dropped_order)
