"""Vectors for texts for people: their page, sentences, words, and how like a textbook's they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hornbook.embed.code import parts_of
from hornbook.embed.likeness import (
    WordStatistics,
    likeness_features,
    statistics_from,
    word_counts,
)
from hornbook.embed.prose_lexer import ProseLexed
from hornbook.embed.prose_pages import prose_page_features
from hornbook.embed.prose_words import prose_word_features
from hornbook.embed.word_table import WordTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.float64]]

VERSION = "1"


class ProseEmbedder:
    """The embedder for natural language, for a filter like phi-1.5's of web pages.

    It knows English best: its groups of words are English, and so are the textbooks.

    >>> embedder = ProseEmbedder()
    >>> embedder.embed(["Why is the sky blue?", ""]).shape == (2, embedder.dimension)
    True
    """

    def __init__(self, statistics: WordStatistics | None = None) -> None:
        self._own = statistics

    @property
    def name(self) -> str:
        return f"prose-{VERSION}" if self._own is None else f"prose-{VERSION} with words of its own"

    @cached_property
    def _statistics(self) -> WordStatistics:
        return prose_statistics() if self._own is None else self._own

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each number of a vector measures."""
        telling = (f"`{word}`" for word in self._statistics.telling_prose)
        return (*prose_columns(ProseLexed(["x"]), self._statistics), *telling)

    @property
    def dimension(self) -> int:
        return len(self.names)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, [texts, dimension]."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        table = WordTable.of(self._statistics.telling_prose)
        for low, high in parts_of(texts):
            lexed = ProseLexed(texts[low:high])
            columns = prose_columns(lexed, self._statistics)
            vectors[low:high, : len(columns)] = np.column_stack(list(columns.values()))
            counts = word_counts(lexed, lexed.plain, table).toarray()
            vectors[low:high, len(columns) :] = np.log1p(counts)
        return vectors


def prose_columns(lexed: ProseLexed, statistics: WordStatistics) -> Columns:
    """All numbers but those of telling words, by name, [texts] each."""
    likeness, _ = likeness_features(lexed, statistics)
    return {
        **prose_page_features(lexed),
        **prose_word_features(lexed),
        # The statistics' second table holds what accompanies software instead of exercises.
        **{name.replace("exercises", "boilerplate"): each for name, each in likeness.items()},
    }


@lru_cache(maxsize=1)
def prose_statistics() -> WordStatistics:
    """The statistics that ship with the program; `tools/prose_statistics.py` made them."""
    return statistics_from(files("hornbook.embed") / "data" / "prose")
