"""Vectors in standard deviations from the judged texts' mean, and how far apart they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]

FURTHEST = 4.0
"""Standard deviations from the mean; what is further out is brought back, for it says no more."""


def scale_of(vectors: Vectors) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each number, [dimension] both.

    What never varies says nothing, whatever it is elsewhere: its deviation is infinite.
    """
    import numpy as np

    spread = vectors.std(axis=0, dtype=np.float64)
    return vectors.mean(axis=0, dtype=np.float64), np.where(spread > 1e-6, spread, np.inf)


def standard(vectors: Vectors | Floats, middle: Floats, spread: Floats) -> Floats:
    """
    >>> import numpy as np
    >>> standard(np.array([[3.0, 100.0]]), np.array([1.0, 0.0]), np.array([2.0, 1.0])).tolist()
    [[1.0, 4.0]]
    """
    import numpy as np

    return np.clip((vectors - middle) / spread, -FURTHEST, FURTHEST)


def squared_distances(rows: Floats, others: Floats) -> Floats:
    """[rows, others]"""
    import numpy as np

    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * (rows @ others.T)
    found: Floats = np.maximum(squares, 0)
    return found
