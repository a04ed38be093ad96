"""What a family of exercises is: parameters in, a sketch of one exercise out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from textwrap import dedent
from typing import Any

Parameters = Mapping[str, Any]
Operation = Callable[..., Any]
"""Something that a reference does to values, chosen by a parameter."""


@dataclass(frozen=True)
class Sketch:
    """One setting of a family's parameters, before words and names are chosen.

    `$name` in wordings, bodies and the signature stands for an argument, to be named.
    """

    names: Sequence[str]
    """What the function may be called."""
    arguments: Mapping[str, Sequence[str]]
    """Argument -> what it may be called."""
    signature: str
    """Between the parentheses and after, e.g. `($xs: list[int]) -> int`."""
    wordings: Sequence[str]
    bodies: Sequence[str]
    """Solutions in different styles, the commonest first."""
    reference: Callable[..., Any]
    """An independent way to the answer; expected values come from it."""
    inputs: Callable[[random.Random], Sequence[tuple[Any, ...]]]
    imports: str = ""


@dataclass(frozen=True)
class Family:
    """A named set of exercises that differ in their parameters."""

    name: str
    topic: str
    known: bool
    settings: Sequence[Parameters]
    sketch: Callable[[Parameters], Sketch]


@dataclass
class Topic:
    """Collects the families of one file, in order."""

    name: str
    families: list[Family] = field(default_factory=list)

    def family(
        self, known: bool = True, **axes: Sequence[Any]
    ) -> Callable[[Callable[[Parameters], Sketch]], Callable[[Parameters], Sketch]]:
        """Register a sketch under its function's name, over the product of `axes`."""

        def register(sketch: Callable[[Parameters], Sketch]) -> Callable[[Parameters], Sketch]:
            name = sketch.__name__.replace("_", "-")
            settings = tuple(combinations(axes))
            self.families.append(Family(name, self.name, known, settings, sketch))
            return sketch

        return register


def combinations(axes: Mapping[str, Sequence[Any]]) -> Iterator[Parameters]:
    """Every combination of the axes' values.

    >>> list(combinations({"a": (1, 2), "b": ("x",)}))
    [{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'x'}]
    """
    for values in product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def body(text: str) -> str:
    """A solution's text with the margin of its place in this file taken away."""
    return dedent(text).strip("\n")


def integers(rng: random.Random, near: Sequence[int] = (), spread: int = 20) -> list[int]:
    """A list to try a function on: some numbers, and those `near` where mistakes show."""
    values = [rng.randint(-spread, spread) for _ in range(rng.randint(3, 6))]
    for value in near:
        values.extend([value, value + rng.choice((-1, 1))])
    rng.shuffle(values)
    return values


def lists(
    near: Sequence[int] = (), spread: int = 20
) -> Callable[[random.Random], list[tuple[Any, ...]]]:
    """Inputs for a function of one list of integers: four lists and the empty one."""
    return lambda rng: [*((integers(rng, near, spread),) for _ in range(4)), ([],)]


_SHORT_AND_LONG = (
    "apple river stone cloud piano tiger window garden silver market yellow copper winter rocket"
    " pencil bridge castle forest candle mirror basket dragon engine flower island jacket kettle"
    " lemon marble needle orange pepper quartz ribbon saddle temple violin walnut zipper an ox sun"
    " sky map cup ant oak ice toy"
)
WORDS = _SHORT_AND_LONG.split()


def words(rng: random.Random, count: int = 5) -> list[str]:
    return rng.sample(WORDS, count)


def sentence(rng: random.Random, count: int = 4) -> str:
    return " ".join(words(rng, count))
