"""A seeded sample of documents in bounded memory, and the documents held out of it."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable

from hornbook.randomness import seed_for
from hornbook.records import Document

HELD_OUT_SHARE = 5
"""At most one document in so many is held out, however few there are."""


def place_in_order(seed: int, name: str, row: Document) -> int:
    """Where a document stands in the seeded order called `name`; its neighbours don't matter."""
    return seed_for(seed, name, row.collection, row.version, row.path, row.id)


class Sample:
    """The first documents of the seeded order that fit into `budget` characters together.

    Documents may come in any order; those that can no longer be among the first are let go at
    once, so memory holds one budget of text however much is read.

    >>> rows = [Document(str(n), "x" * 40, "folder", "c", "", f"{n}.py") for n in range(9)]
    >>> one, other = Sample(100, seed=1), Sample(100, seed=1)
    >>> passed = [one.offer(row) for row in rows], [other.offer(row) for row in rows[::-1]]
    >>> one.rows() == other.rows(), len(one.rows())
    (True, 2)
    """

    def __init__(self, budget: int, seed: int) -> None:
        self._budget = budget
        self._seed = seed
        self._taken: list[tuple[int, int, Document]] = []
        # Two rows may stand at one place of the order, and rows themselves have none.
        self._numbers = itertools.count()
        self._size = 0
        self._bar: int | None = None

    def offer(self, row: Document) -> list[Document]:
        """Take a document in; returns those that are now out of the sample."""
        place = place_in_order(self._seed, "sample", row)
        if self._bar is not None and place >= self._bar:
            return [row]
        heapq.heappush(self._taken, (-place, next(self._numbers), row))
        self._size += len(row.text)
        out = []
        while self._size > self._budget and len(self._taken) > 1:
            minus_place, _, last = heapq.heappop(self._taken)
            # The sample is a prefix of the order: after one that did not fit, none may come in.
            self._bar = -minus_place
            self._size -= len(last.text)
            out.append(last)
        return out

    def rows(self) -> list[Document]:
        """The sample, in the order of collection and path."""
        return sorted((row for _, _, row in self._taken), key=document_name)


def document_name(row: Document) -> tuple[str, str, str, str]:
    """What orders documents and makes the keeper of duplicates the same everywhere."""
    return row.collection, row.path, row.version, row.id


def held_out(rows: Iterable[Document], count: int, seed: int) -> frozenset[str]:
    """The ids of `count` documents to hold out, or of a fifth of all where there are fewer."""
    order = sorted(rows, key=lambda row: place_in_order(seed, "held-out", row))
    return frozenset(row.id for row in order[: min(count, len(order) // HELD_OUT_SHARE)])
