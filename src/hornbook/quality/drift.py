"""Whether new texts are like those that were judged; a filter knows nothing of others.

A text's distance is that to the nearest judged excerpt. Judged excerpts themselves show what is
usual: each one's distance to the nearest of another distribution. A text that is further away than
nineteen of twenty of them is unlike what was judged.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from hornbook.quality.chunks import chunks
from hornbook.quality.standard import scale_of, squared_distances, standard
from hornbook.randomness import seed_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]

USUAL = 0.95
ALARM = 0.2
"""Share of unlike texts from which something should be done; 0.05 is what is expected."""


class Text(Protocol):
    """A row that has an id and a text."""

    @property
    def id(self) -> str: ...

    @property
    def text(self) -> str: ...


TextT = TypeVar("TextT", bound=Text)


@dataclass(frozen=True)
class Drift:
    """How many of the texts looked at are unlike all judged ones."""

    texts: int
    unlike: int

    @property
    def share(self) -> float:
        return self.unlike / max(self.texts, 1)

    @property
    def alarming(self) -> bool:
        return self.texts > 0 and self.share > ALARM

    def sentence(self) -> str:
        """For people: what was seen, and what to do."""
        seen = f"{self.share:.0%} of {self.texts:,} texts looked at are unlike all judged excerpts"
        if not self.alarming:
            return f"{seen}; about 5% is usual"
        return f"{seen} (5% is usual): their scores are guesses; annotate some of them"


class Watched:
    """Texts as they go by; a seeded sample of them, one piece of each, is kept.

    >>> from hornbook.quality.rows import TextRow
    >>> rows = [TextRow(str(n), f"text {n}", "") for n in range(9)]
    >>> one, other = Watched(3), Watched(3)
    >>> len(list(one.through(rows))), len(list(other.through(rows[::-1])))
    (9, 9)
    >>> one.pieces() == other.pieces(), len(one.pieces())
    (True, 3)
    """

    def __init__(self, count: int, seed: int = 1, cut: Callable[[str], list[str]] = chunks) -> None:
        """`cut` makes pieces of a text."""
        self._count = count
        self._seed = seed
        self._cut = cut
        self._kept: list[tuple[int, str, str]] = []

    def through(self, rows: Iterable[TextT]) -> Iterator[TextT]:
        for row in rows:
            place = -seed_for(self._seed, "drift", row.id)
            if len(self._kept) < self._count:
                heapq.heappush(self._kept, (place, row.id, row.text))
            elif self._kept and place > self._kept[0][0]:
                heapq.heapreplace(self._kept, (place, row.id, row.text))
            yield row

    def pieces(self) -> list[str]:
        found = []
        for place, _, text in sorted(self._kept, reverse=True):
            pieces = self._cut(text)
            found.append(pieces[-place % len(pieces)])
        return found


class Neighbourhood:
    """The judged excerpts, and how far from them is usual."""

    def __init__(self, judged: Vectors, groups: Sequence[str]) -> None:
        """`judged` is [judged, dimension] with a group each."""
        import numpy as np

        self._scale = scale_of(judged)
        self._judged, names = standard(judged, *self._scale), np.asarray(groups)
        between = squared_distances(self._judged, self._judged)
        between[names[:, None] == names] = np.inf
        usual = between.min(axis=1)
        usual = usual[np.isfinite(usual)]
        self.line = float(np.quantile(usual, USUAL)) if len(usual) else None
        """The squared distance that one judged excerpt in twenty exceeds; None for one group."""

    def drift(self, texts: Vectors) -> Drift:
        """`texts` is [texts, dimension]."""
        if not len(texts) or self.line is None:
            return Drift(0, 0)
        nearest = squared_distances(standard(texts, *self._scale), self._judged).min(axis=1)
        return Drift(len(texts), int((nearest > self.line).sum()))
