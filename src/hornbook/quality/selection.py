"""From scores to decisions: where the line is, what it would keep, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.quality.config import QualitySettings
from hornbook.quality.scoring import Scores
from hornbook.quality.validation import Curve
from hornbook.records import Document, Dropped
from hornbook.storage import read_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Shares of the characters for which the table says where the line would be."""


@dataclass(frozen=True)
class Kept:
    """What a line would keep."""

    line: float
    documents: int
    characters: int
    share: float
    """Of all characters."""
    precision: float
    """Expected share of the kept documents that the teacher would call worth reading."""


class Ladder:
    """Documents by descending score, with what each line would keep.

    >>> import numpy as np
    >>> scores, sizes = np.array([4.0, 1.0, 3.0]), np.array([100, 100, 200])
    >>> ladder = Ladder(scores, sizes, Curve(slope=1.0, offset=-3.0))
    >>> ladder.for_characters(300), ladder.at(1.0).documents
    (3.0, 3)
    """

    def __init__(self, scores: Floats, characters: NDArray[np.int64], curve: Curve) -> None:
        import numpy as np

        known = ~np.isnan(scores)
        order = np.argsort(-scores[known], kind="stable")
        self._scores = scores[known][order]
        self._characters = np.cumsum(characters[known][order])
        self._worth = np.cumsum(curve.probability(self._scores))
        # Documents of one score stand or fall together: only the last of each is a line.
        falls = np.append(self._scores[1:] < self._scores[:-1], True)[: len(self._scores)]
        self._lines = np.flatnonzero(falls)

    def __len__(self) -> int:
        return len(self._scores)

    @property
    def characters(self) -> int:
        return int(self._characters[-1]) if len(self) else 0

    def for_characters(self, budget: float) -> float:
        """The lowest line that keeps no more characters; the best documents are always kept."""
        import numpy as np

        fits = self._lines[self._characters[self._lines] <= budget]
        at = fits[-1] if len(fits) else self._lines[:1]
        return float(np.ravel(self._scores[at])[0]) if len(self) else 0.0

    def for_precision(self, precision: float) -> float:
        """The lowest line whose documents are expected to be worth reading so often."""
        import numpy as np

        fits = self._lines[self._worth[self._lines] / (self._lines + 1) >= precision]
        at = fits[-1] if len(fits) else self._lines[:1]
        return float(np.ravel(self._scores[at])[0]) if len(self) else 0.0

    def at(self, line: float) -> Kept:
        """What is kept of the documents at or above `line`."""
        import numpy as np

        count = int(np.searchsorted(-self._scores, -line, "right"))
        if count == 0:
            return Kept(line, 0, 0, 0.0, float("nan"))
        size = int(self._characters[count - 1])
        worth = float(self._worth[count - 1]) / count
        return Kept(line, count, size, size / max(self.characters, 1), worth)

    def table(self) -> list[Kept]:
        """What would be kept for each of `SHARES`."""
        lines = [self.for_characters(share * self.characters) for share in SHARES]
        return [self.at(line) for line in dict.fromkeys(lines)] if len(self) else []


def threshold_of(ladder: Ladder, settings: QualitySettings) -> float:
    """The score from which a document is kept, by whichever rule the recipe sets."""
    if settings.fraction is not None:
        return ladder.for_characters(settings.fraction * ladder.characters)
    if settings.tokens is not None:
        return ladder.for_characters(settings.tokens * settings.characters_per_token)
    if settings.precision is not None:
        return ladder.for_precision(settings.precision)
    return settings.threshold or 0.0


def kept(folder: Path, scores: Scores, threshold: float) -> Iterator[Document]:
    """The documents of a table at or above the line, with their scores."""
    for row, score in zip(read_rows(folder, Document), scores.values, strict=True):
        if score >= threshold:
            yield replace(row, score=score)


def not_kept(folder: Path, scores: Scores, threshold: float) -> Iterator[Dropped]:
    """What is below the line, with its text for later readers, and what could not be judged."""
    for row, score in zip(read_rows(folder, Document), scores.values, strict=True):
        if row.id in scores.failures:
            reason = scores.failures[row.id]
            yield _dropped(row, "not-scored", reason, failed=True)
        elif score < threshold:
            detail = f"scored {score:.3f}, kept from {threshold:.3f} on"
            yield _dropped(replace(row, score=score), "below-threshold", detail)


def _dropped(row: Document, reason: str, detail: str, **more: Any) -> Dropped:
    return Dropped(
        row.id, row.source, row.collection, row.path, reason, detail,
        score=row.score, text=row.text, **more,
    )  # fmt: skip
