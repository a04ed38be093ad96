"""Conditions and mappings that many families share: how they are said, written and computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """Something that is true of some integers."""

    said: str
    """After "numbers that are"."""
    code: str
    """With `@` for the number."""
    test: Callable[[int], bool]
    near: tuple[int, ...]
    """Where a wrong condition shows."""

    def of(self, name: str) -> str:
        return self.code.replace("@", name)


@dataclass(frozen=True)
class Mapping:
    """Something that can be done to an integer."""

    said: str
    """After "each number", e.g. `doubled`."""
    code: str
    apply: Callable[[int], int]

    def of(self, name: str) -> str:
        return self.code.replace("@", name)


def condition(kind: str, k: int) -> Condition:
    """The condition of a kind with the constant k."""
    made: dict[str, Condition] = {
        "greater": Condition(f"greater than {k}", f"@ > {k}", lambda x: x > k, (k,)),
        "less": Condition(f"less than {k}", f"@ < {k}", lambda x: x < k, (k,)),
        "at-least": Condition(f"at least {k}", f"@ >= {k}", lambda x: x >= k, (k,)),
        "at-most": Condition(f"at most {k}", f"@ <= {k}", lambda x: x <= k, (k,)),
        "divisible": Condition(
            f"divisible by {k}", f"@ % {k} == 0", lambda x: x % k == 0, (k, 2 * k)
        ),
        "not-divisible": Condition(
            f"not divisible by {k}", f"@ % {k} != 0", lambda x: x % k != 0, (k, 3 * k)
        ),
        "different": Condition(f"different from {k}", f"@ != {k}", lambda x: x != k, (k,)),
    }
    return made[kind]


ORDER = ("greater", "less", "at-least", "at-most")
KINDS = (*ORDER, "divisible", "not-divisible", "different")
CONSTANTS = tuple(range(2, 31))
"""Small enough for conditions to split lists of small numbers; their digits are copied one by one."""


def mapping(kind: str, k: int) -> Mapping:
    """The mapping of a kind with the constant k."""
    made: dict[str, Mapping] = {
        "times": Mapping(f"multiplied by {k}", f"@ * {k}", lambda x: x * k),
        "plus": Mapping(f"increased by {k}", f"@ + {k}", lambda x: x + k),
        "minus": Mapping(f"decreased by {k}", f"@ - {k}", lambda x: x - k),
        "from": Mapping(f"subtracted from {k}", f"{k} - @", lambda x: k - x),
        "power": Mapping(f"raised to the power {k}", f"@ ** {k}", lambda x: x**k),
    }
    return made[kind]


MAPPINGS = ("times", "plus", "minus", "from")


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "day"), counted(3, "day")
    ('1 day', '3 days')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def ordinal(number: int) -> str:
    """A rank as it is written.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    ending = {1: "st", 2: "nd", 3: "rd"}.get(last, "th")
    return f"{number}{ending}"


def pick(values: Sequence[int], step: int, start: int = 0) -> tuple[int, ...]:
    """Every `step`-th value, to keep products of axes small."""
    return tuple(values[start::step])
