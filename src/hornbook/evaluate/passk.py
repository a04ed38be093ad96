"""pass@k: the chance that at least one of k answers to a problem passes (Chen and others 2021).

The unbiased estimate from n answers of which c pass is 1 - C(n-c, k) / C(n, k). The shorter
1 - (1 - c/n)^k is biased, and is not used.
"""

from __future__ import annotations

import math
from functools import lru_cache


@lru_cache(maxsize=4096)
def pass_at_k(n: int, c: int, k: int) -> float:
    """The unbiased estimate, rounded once, from exact integers.

    Raises `ValueError` where k answers can't be drawn from n.

    >>> pass_at_k(n=10, c=1, k=1), pass_at_k(n=10, c=1, k=10)
    (0.1, 1.0)
    >>> round(pass_at_k(n=200, c=20, k=10), 4)
    0.6602
    """
    if not 1 <= k <= n or not 0 <= c <= n:
        raise ValueError(f"pass@{k} of {n} answers, {c} of them right")
    draws = math.comb(n, k)
    return (draws - math.comb(n - c, k)) / draws
