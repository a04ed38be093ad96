"""A seeded sample of documents, and the documents held out of it, by numbers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hornbook.randomness import seed_for
from hornbook.records import Document, Dropped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HELD_OUT_SHARE = 5
"""At most one document in so many is held out, however few there are."""


class Named(Protocol):
    """A document, or what is known of one."""

    @property
    def id(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def collection(self) -> str: ...
    @property
    def path(self) -> str: ...


def place_in_order(seed: int, name: str, row: Document) -> int:
    """Where a document stands in the seeded order called `name`; its neighbours don't matter."""
    return seed_for(seed, name, row.collection, row.version, row.path, row.id)


def sample_length(sizes: NDArray[np.int64], budget: int | None) -> int:
    """How many documents, of `sizes` in the seeded order, fit into `budget` characters together.

    The sample is a prefix of the order: after one that does not fit, none may come in. The first
    is always taken; without a budget, all are.

    >>> import numpy as np
    >>> sizes = np.array([40, 70, 10])
    >>> sample_length(sizes, 100), sample_length(sizes, 5), sample_length(sizes, None)
    (1, 1, 3)
    """
    import numpy as np

    if budget is None or not len(sizes):
        return len(sizes)
    return max(1, int(np.searchsorted(np.cumsum(sizes), budget, side="right")))


def bar(places: NDArray[np.int64], sizes: NDArray[np.int64], budget: int | None) -> int | None:
    """The place of the first document that does not fit: none behind it can be in the sample.

    It stays so when more documents are found, for they only push others out.

    >>> import numpy as np
    >>> bar(np.array([7, 2, 5]), np.array([40, 40, 40]), 100)
    7
    """
    import numpy as np

    order = np.argsort(places, kind="stable")
    taken = sample_length(sizes[order], budget)
    return int(places[order[taken]]) if taken < len(order) else None


def document_name(row: Document) -> tuple[str, str, str, str]:
    """What orders documents and makes the keeper of duplicates the same everywhere."""
    return row.collection, row.path, row.version, row.id


def not_sampled(row: Named, characters: int) -> Dropped:
    detail = f"{characters:,} characters, outside the sample"
    return Dropped(row.id, row.source, row.collection, row.path, "not-sampled", detail)


def held_out(places: NDArray[np.int64], ranks: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The rows of `count` documents to hold out, or of a fifth of all where there are fewer.

    `places` are theirs in the seeded order; `ranks` tells apart two at one place.
    """
    import numpy as np

    order = np.lexsort((ranks, places))
    return order[: min(count, len(order) // HELD_OUT_SHARE)]
