"""A piece: what one job reads. A list of pieces is the plan of all reading, always the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hornbook.records import Dropped
from hornbook.sources.text import Raw, Reading

ItemT = TypeVar("ItemT")

FILES = 2_000
"""Files in one piece at most: a million empty ones are no single job."""


@dataclass(frozen=True)
class Piece:
    """Part of a source, small enough to be one job and independent of all others.

    `rows` must be picklable: a function of a module with what it needs bound to it.
    """

    name: str
    """Says, with the settings, all that the rows depend on: the ledger's key."""
    rows: Callable[[Reading], Iterator[Raw | Dropped]]
    place: str = ""
    """Where the settings name it, for one whose pieces together must give a row."""


def batches(
    items: Sequence[ItemT], size_of: Callable[[ItemT], int], most: int
) -> Iterator[Sequence[ItemT]]:
    """Runs of `items` of `most` bytes or a little more, at most `FILES` of them.

    >>> list(batches([3, 3, 9, 1], size_of=int, most=5))
    [[3, 3], [9], [1]]
    """
    start = size = 0
    for at, item in enumerate(items):
        if at > start and (size >= most or at - start == FILES):
            yield items[start:at]
            start, size = at, 0
        size += size_of(item)
    if start < len(items):
        yield items[start:]
