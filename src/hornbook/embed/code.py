"""Vectors for code: its page, its structure, its words, and how like a textbook's they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from hornbook.embed.groups import group_features
from hornbook.embed.lexer import Lexed
from hornbook.embed.likeness import (
    Nearest,
    WordStatistics,
    likeness_features,
    telling_features,
    word_statistics,
)
from hornbook.embed.logical import Code
from hornbook.embed.pages import page_features
from hornbook.embed.statements import statement_features
from hornbook.embed.structure import structure_features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "4"
"""Another one whenever a vector may differ, the data beside this module included."""
_CHARACTERS = 200_000
"""Characters cut at a time: arrays of so many numbers stay in a core's own cache."""

MOST_TEXTS = 1 << 16
"""Likewise, where texts are all but empty."""


class CodeEmbedder:
    """The shipped embedder. Stands where phi-1 has the output of a pretrained code model (2.1).

    Works on what can't be parsed too; nothing is downloaded.

    >>> embedder = CodeEmbedder()
    >>> embedder.embed(["x = 1", "x = ("]).shape == (2, embedder.dimension)
    True
    """

    def __init__(self, statistics: WordStatistics | None = None) -> None:
        self._own = statistics

    @property
    def name(self) -> str:
        return f"code-{VERSION}" if self._own is None else f"code-{VERSION} with words of its own"

    @cached_property
    def _statistics(self) -> WordStatistics:
        return word_statistics() if self._own is None else self._own

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each number of a vector measures."""
        telling = [f"`{word}` in code" for word in self._statistics.telling_code]
        telling += [f"`{word}` in prose" for word in self._statistics.telling_prose]
        return (*_columns(Lexed(["x"]), self._statistics)[0], *telling)

    @property
    def dimension(self) -> int:
        return len(self.names)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, [texts, dimension]."""
        return self.embed_with_topics(texts)[0]

    def embed_with_topics(
        self, texts: Sequence[str]
    ) -> tuple[NDArray[np.float32], list[tuple[str, float]]]:
        """The vectors, and for each text the topic of the textbook that it is most like, with how
        like it is (0 to 1)."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        topics: list[tuple[str, float]] = []
        for low, high in parts_of(texts):
            lexed = Lexed(texts[low:high])
            columns, nearest = _columns(lexed, self._statistics)
            vectors[low:high, : len(columns)] = np.column_stack(list(columns.values()))
            vectors[low:high, len(columns) :] = telling_features(lexed, self._statistics)
            numbers = zip(nearest.number.tolist(), nearest.likeness.tolist(), strict=True)
            topics += [(self._statistics.topics[number], like) for number, like in numbers]
        return vectors, topics


def _columns(
    lexed: Lexed, statistics: WordStatistics
) -> tuple[dict[str, NDArray[np.float64]], Nearest]:
    code = Code(lexed)
    likeness, nearest = likeness_features(lexed, statistics)
    columns = {
        **page_features(lexed),
        **structure_features(code),
        **statement_features(code),
        **group_features(code),
        **likeness,
    }
    return columns, nearest


def parts_of(texts: Sequence[str]) -> list[tuple[int, int]]:
    """(first, behind the last) of runs of texts of about `_CHARACTERS` together, and `MOST_TEXTS`
    at most."""
    parts, low, size = [], 0, 0
    for at, text in enumerate(texts):
        size += len(text)
        if size >= _CHARACTERS or at + 1 - low >= MOST_TEXTS:
            parts.append((low, at + 1))
            low, size = at + 1, 0
    if low < len(texts):
        parts.append((low, len(texts)))
    return parts
