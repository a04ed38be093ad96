"""From families to exercises, and the split that keeps held-out instances apart.

An instance is (family, parameters). All its wordings, names and styles are on one side of the
split, and a training exercise that shares a held-out instance's syntax tree, in any style, or its
tests, is dropped.
"""

from __future__ import annotations

import json
import random
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hornbook.randomness import stream
from hornbook.records import Dropped, Exercise, content_id
from hornbook.similarity.trees import tree_fingerprint
from hornbook.synthesis.config import SynthesisSettings
from hornbook.synthesis.workbook.catalogue import known, unknown
from hornbook.synthesis.workbook.family import Family, Parameters, Sketch

_PLACE = re.compile(r"\$(\w+)")
WIDTH = 92
TRIES = 4
"""Renderings of one setting that are tried before a family has nothing new to say."""


@dataclass
class Workbook:
    """What was written: exercises to train on, held-out instances, and what was left out."""

    train: list[Exercise] = field(default_factory=list)
    known: list[Exercise] = field(default_factory=list)
    unknown: list[Exercise] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


@dataclass(frozen=True)
class Choice:
    """How one instance is worded."""

    split: str
    variant: int
    first_style: float


def write_workbook(settings: SynthesisSettings, seed: int) -> Workbook:
    """Write the whole workbook. The same settings and seed give the same exercises."""
    book = Workbook()
    families = known()
    held = _shares(settings.in_distribution, len(families))
    wanted = _shares(settings.train_exercises, len(families))
    for family, keep, train in zip(families, held, wanted, strict=True):
        _write_known(book, family, keep, train, settings.first_style, seed)
    others = unknown()
    for family, keep in zip(others, _shares(settings.unknown, len(others)), strict=True):
        order = _shuffled(family, seed)
        book.unknown += [_write(family, p, Choice("unknown", 0, 1.0), seed) for p in order[:keep]]
    return book


def _write_known(
    book: Workbook, family: Family, keep: int, train: int, first_style: float, seed: int
) -> None:
    order = _shuffled(family, seed)
    keep = min(keep, len(order) // 4)
    held = [_write(family, p, Choice("in-distribution", 0, 1.0), seed) for p in order[:keep]]
    trees = {tree for p in order[:keep] for tree in _trees(family.sketch(p))}
    tests = {_anonymous_tests(exercise) for exercise in held}
    book.known += held
    seen: set[str] = set()
    pool = order[keep:]
    for attempt in range(TRIES * train):
        if len(seen) == train:
            break
        choice = Choice("train", attempt // len(pool), first_style)
        exercise = _write(family, pool[attempt % len(pool)], choice, seed)
        if exercise.id in seen:
            continue
        seen.add(exercise.id)
        if tree_fingerprint(exercise.program) in trees or _anonymous_tests(exercise) in tests:
            detail = f"{exercise.parameters} has the tree or the tests of a held-out instance"
            book.dropped.append(
                Dropped(
                    exercise.id, "workbook", family.name, exercise.name, "held-out-twin", detail
                )
            )
        else:
            book.train.append(exercise)


def _shuffled(family: Family, seed: int) -> list[Parameters]:
    order = list(family.settings)
    stream(seed, "workbook", family.name).shuffle(order)
    return order


def _shares(total: int, parts: int) -> list[int]:
    """`total` cut into whole parts that differ by one at most.

    >>> _shares(7, 3)
    [3, 2, 2]
    """
    return [total // parts + (number < total % parts) for number in range(parts)]


def _write(family: Family, parameters: Parameters, choice: Choice, seed: int) -> Exercise:
    text = json.dumps(parameters, sort_keys=True)
    rng = stream(seed, "exercise", family.name, text, choice.variant)
    sketch = family.sketch(parameters)
    style = 0 if rng.random() < choice.first_style or len(sketch.bodies) == 1 else 1
    names = {place: rng.choice(list(options)) for place, options in sketch.arguments.items()}
    names["f"] = rng.choice(list(sketch.names))
    prompt, solution = _render(sketch, names, rng.choice(list(sketch.wordings)), style)
    return Exercise(
        id=content_id(prompt + solution),
        origin="workbook",
        family=family.name,
        parameters=text,
        style=str(style),
        name=names["f"],
        prompt=prompt,
        solution=solution,
        tests=_tests(sketch, names["f"], rng),
        split=choice.split,
    )


def _render(sketch: Sketch, names: dict[str, str], wording: str, style: int) -> tuple[str, str]:
    def fill(text: str) -> str:
        return _PLACE.sub(lambda match: names[match.group(1)], text)

    said = textwrap.fill(fill(wording), WIDTH, break_long_words=False, break_on_hyphens=False)
    docstring = textwrap.indent(f'"""{said}\n"""\n', "    ")
    prompt = f"{sketch.imports}def {names['f']}{fill(sketch.signature)}:\n{docstring}"
    return prompt, textwrap.indent(fill(sketch.bodies[style]), "    ") + "\n"


def _trees(sketch: Sketch) -> list[str]:
    names = {place: options[0] for place, options in sketch.arguments.items()} | {"f": "function"}
    programs = ("".join(_render(sketch, names, "", style)) for style in range(len(sketch.bodies)))
    return [tree_fingerprint(program) for program in programs]


def _tests(sketch: Sketch, name: str, rng: random.Random) -> str:
    lines = [
        f"assert {name}({', '.join(map(literal, given))}) == {literal(sketch.reference(*given))}"
        for given in sketch.inputs(rng)
    ]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def literal(value: Any) -> str:
    """A value as Python writes it; dates by their short name, as the prompts import them."""
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    return repr(value)


def _anonymous_tests(exercise: Exercise) -> frozenset[str]:
    lines: Sequence[str] = exercise.tests.splitlines()
    return frozenset(line.replace(f" {exercise.name}(", " f(", 1) for line in lines)
