"""Named streams of random numbers: one seed for the run, one independent stream for each use.

A stream depends on the run's seed and its own name alone, so adding a use somewhere never shifts
the numbers drawn elsewhere, and the number of workers changes nothing.
"""

from __future__ import annotations

import hashlib
import random


def seed_for(seed: int, *names: str | int) -> int:
    """A 63-bit seed for the stream called `names` under the run's `seed`.

    >>> seed_for(1, "train", "raw") == seed_for(1, "train", "raw")
    True
    >>> seed_for(1, "ab", "c") == seed_for(1, "a", "bc")
    False
    """
    words = [str(seed), *(str(name) for name in names)]
    framed = "".join(f"{len(word)}:{word}" for word in words)
    return int.from_bytes(hashlib.sha256(framed.encode()).digest()[:8], "big") >> 1


def stream(seed: int, *names: str | int) -> random.Random:
    """The random number generator of one named use."""
    return random.Random(seed_for(seed, *names))
