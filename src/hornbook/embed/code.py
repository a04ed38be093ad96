"""Vectors for code, from its layout, its syntax and its words. Nothing is learnt or downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hornbook.embed import layout, syntax
from hornbook.embed.words import word_features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "1"


@dataclass(frozen=True)
class CodeEmbedder:
    """The shipped embedder. Stands where phi-1 has the output of a pretrained code model.

    Works on what can't be parsed too: the syntax part of the vector is then zero.

    >>> vectors = CodeEmbedder().embed(["x = 1", "x = ("])
    >>> vectors.shape == (2, CodeEmbedder().dimension)
    True
    """

    name_buckets: int = 192
    prose_buckets: int = 96

    @property
    def name(self) -> str:
        return f"code-{VERSION}-{self.name_buckets}-{self.prose_buckets}"

    @property
    def words(self) -> int:
        """How many of a vector's last numbers are shares of hashed words."""
        return self.name_buckets + self.prose_buckets

    @property
    def dimension(self) -> int:
        return len(layout.NAMES) + len(syntax.NAMES) + self.words

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, [texts, dimension]."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            page = layout.Page(text)
            numbers = [*layout.layout_features(page), *syntax.syntax_features(text)]
            row[: len(numbers)] = numbers
            row[len(numbers) :] = word_features(page, self.name_buckets, self.prose_buckets)
        return vectors
