"""Bags of words: subwords of identifiers, and words of docstrings and comments, hashed."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from hornbook.embed.layout import Page

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SUBWORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WORD = re.compile(r"[A-Za-z]{2,}")


@lru_cache(maxsize=100_000)
def subwords(name: str) -> tuple[str, ...]:
    """
    >>> subwords("parse_HTTPHeader2")
    ('parse', 'http', 'header', '2')
    """
    return tuple(part.lower() for part in _SUBWORD.findall(name))


@lru_cache(maxsize=200_000)
def bucket(word: str, buckets: int) -> int:
    """Where a word is counted; crc32, so that it is the same in every process."""
    return zlib.crc32(word.encode("utf-8", "replace")) % buckets


def word_features(page: Page, name_buckets: int, prose_buckets: int) -> NDArray[np.float32]:
    """Square roots of the shares of each bucket, [name_buckets + prose_buckets]."""
    import numpy as np

    names = Counter(part for name in page.names for part in subwords(name))
    prose = Counter(word.lower() for part in page.prose for word in _WORD.findall(part))
    first = hashed(names.items(), name_buckets)
    return np.concatenate([first, hashed(prose.items(), prose_buckets)])


def hashed(counts: Iterable[tuple[str, int]], buckets: int) -> NDArray[np.float32]:
    import numpy as np

    total = np.zeros(buckets, np.float32)
    for word, count in counts:
        total[bucket(word, buckets)] += count
    whole = float(total.sum())
    return np.sqrt(total / whole) if whole else total
