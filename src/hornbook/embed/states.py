"""From the hidden states of any language model to one vector a text (phi-1 2.1).

A text is cut into windows of tokens, and each window is run without padding, so that a text's vector
depends on nothing but the text: padding, batches and threads each change the last bits of a matrix
product. Windows of one text may be run together, for they are always the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hornbook.embed.threads import one_torch_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hornbook.embed.spec import Spec

    Floats = NDArray[np.float32]
    States = Callable[[list[list[int]]], Floats]
    """Windows of one length, [windows][tokens], to hidden states, [windows, tokens, dimension]."""

USUAL = {"pooling": "mean", "layers": "-1", "tokens": "512", "long": "windows", "batch": "1"}
MOST_TOKENS = 1_000_000


@dataclass(frozen=True)
class Pooling:
    """How windows become a vector."""

    how: str = "mean"
    """`mean` over a window's tokens, or its `last` or `first` token."""
    tokens: int = 512
    """In a window at most."""
    cut: bool = False
    """Whether a longer text's other windows are left out; else they are averaged by length."""
    batch: int = 1
    """Windows of one text that are run together."""

    @classmethod
    def of(cls, spec: Spec) -> Pooling:
        """Raises `ConfigError` for settings that are none."""
        return cls(
            spec.word("pooling", "mean", "last", "first"),
            spec.number("tokens", 1, MOST_TOKENS),
            spec.word("long", "windows", "cut") == "cut",
            spec.number("batch", 1, 1024),
        )

    def windows(self, ids: Sequence[int]) -> list[list[int]]:
        """
        >>> Pooling(tokens=2).windows([1, 2, 3]), Pooling(tokens=2, cut=True).windows([1, 2, 3])
        ([[1, 2], [3]], [[1, 2]])
        """
        found = [list(ids[at : at + self.tokens]) for at in range(0, len(ids), self.tokens)]
        return found[:1] if self.cut else found

    def vectors(
        self,
        texts: Sequence[str],
        ids_of: Callable[[str], Sequence[int]],
        states: States,
        dimension: int,
    ) -> Floats:
        """One vector a text, [texts, dimension]; `ids_of` gives a text's tokens."""
        import numpy as np

        vectors = np.zeros((len(texts), dimension), np.float32)
        if not texts:
            return vectors
        with one_torch_thread():
            for row, text in enumerate(texts):
                vectors[row] = self.vector(ids_of(text), states, dimension)
        return vectors

    def vector(self, ids: Sequence[int], states: States, dimension: int) -> Floats:
        """A text's vector, [dimension], from its tokens; zero for a text without any."""
        import numpy as np

        total, seen = np.zeros(dimension, np.float64), 0
        for part in self._together(self.windows(ids)):
            for window in states(part):
                total += self._pooled(window) * float(len(window))
                seen += len(window)
        return (total / max(seen, 1)).astype(np.float32)

    def _together(self, windows: list[list[int]]) -> Iterator[list[list[int]]]:
        """Neighbours of equal length, `batch` at most."""
        whole = [window for window in windows if len(window) == self.tokens]
        for at in range(0, len(whole), self.batch):
            yield whole[at : at + self.batch]
        if len(whole) < len(windows):
            yield windows[len(whole) :]

    def _pooled(self, window: Floats) -> Any:
        if self.how == "mean":
            return window.mean(axis=0, dtype="float64")
        chosen: Floats = window[0 if self.how == "first" else -1]
        return chosen
