"""What asking will take, said before the first request: requests, tokens, money, as intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.teacher.budget import Limits

BYTES_A_TOKEN = (2.5, 5.0)
"""What tokenizers of today make of code and prose, at the two ends."""
TOKENS_OF_ANSWER = (30, 150)
"""A short JSON object. A model that thinks aloud first takes more."""
ENOUGH = 20
"""Answers from which on their own figures say more than these."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Expected:
    """The least and the most."""

    requests: tuple[int, int]
    tokens_in: tuple[int, int]
    tokens_out: tuple[int, int]
    money: Interval | None
    measured: int
    """Answers that the figures rest on; 0: on what is usual."""


def expected(
    requests: tuple[int, int],
    sizes: Sequence[int],
    answers: Sequence[tuple[int, int]],
    limits: Limits,
) -> Expected:
    """For requests of `sizes` bytes, with the (tokens in, tokens out) of answers had before.

    >>> expected((10, 100), [1000], [], Limits()).tokens_in
    (2000, 40000)
    """
    if len(answers) >= ENOUGH:
        per_in = _mean([tokens for tokens, _ in answers])
        per_out = _mean([tokens for _, tokens in answers])
    else:
        size = sum(sizes) / max(len(sizes), 1)
        per_in = size / BYTES_A_TOKEN[1], size / BYTES_A_TOKEN[0]
        per_out = TOKENS_OF_ANSWER
    tokens_in = _whole(requests[0] * per_in[0]), _whole(requests[1] * per_in[1])
    tokens_out = _whole(requests[0] * per_out[0]), _whole(requests[1] * per_out[1])
    money, prices = None, limits.prices
    if prices is not None:
        low, high = (
            (tokens_in[end] * prices.tokens_in + tokens_out[end] * prices.tokens_out) / 1e6
            for end in (0, 1)
        )
        money = low, high
    measured = len(answers) if len(answers) >= ENOUGH else 0
    return Expected(requests, tokens_in, tokens_out, money, measured)


def _mean(values: Sequence[int]) -> Interval:
    """Of what is asked next, two standard errors each way."""
    middle = sum(values) / len(values)
    spread = math.sqrt(sum((value - middle) ** 2 for value in values) / (len(values) - 1))
    error = 2 * spread / math.sqrt(len(values))
    return max(middle - error, 0.0), middle + error


def _whole(value: float) -> int:
    return math.ceil(value)
