"""From families to exercises, and the split that keeps held-out instances apart.

An instance is (family, parameters). All its wordings, names and styles are on one side of the
split. A training exercise of any family that shares a held-out instance's syntax tree, in any
style, or its tests, is dropped; so is every setting of the same family that passes its tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hornbook.randomness import stream
from hornbook.records import Dropped, Exercise, content_id
from hornbook.storage import canonical_json
from hornbook.synthesis.config import SynthesisSettings
from hornbook.synthesis.workbook.catalogue import known, unknown
from hornbook.synthesis.workbook.family import Family, Parameters
from hornbook.synthesis.workbook.held_out import HeldOut
from hornbook.synthesis.workbook.render import (
    Case,
    asserts,
    cases,
    example,
    programs,
    prompt_of,
    solution_of,
)

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
    examples: float


def write_workbook(settings: SynthesisSettings, seed: int) -> Workbook:
    """Write the whole workbook. The same settings and seed give the same exercises."""
    book, held_out = Workbook(), HeldOut()
    families, others = known(), unknown()
    pools: list[list[Parameters]] = []
    for family, keep in zip(
        families, _shares(settings.in_distribution, len(families)), strict=True
    ):
        order = _shuffled(family, seed)
        keep = min(keep, len(order) // 4)
        choice = Choice("in-distribution", 0, 1.0, settings.examples)
        book.known += _hold_out(held_out, family, order[:keep], choice, seed)
        pools.append(order[keep:])
    for family, keep in zip(others, _shares(settings.unknown, len(others)), strict=True):
        choice = Choice("unknown", 0, 1.0, settings.examples)
        order = _shuffled(family, seed)[:keep]
        book.unknown += _hold_out(held_out, family, order, choice, seed)
    # Only now: a twin may belong to another family than the exercise.
    wanted = _shares(settings.train_exercises, len(families))
    for family, pool, train in zip(families, pools, wanted, strict=True):
        usable = _without_twins(book, held_out, family, pool, seed)
        for exercise in _distinct(family, usable, train, settings, seed):
            shared = held_out.shared(exercise)
            if shared is None:
                book.train.append(exercise)
            else:
                _drop(book, exercise, shared)
    return book


def _hold_out(
    held_out: HeldOut, family: Family, chosen: Sequence[Parameters], choice: Choice, seed: int
) -> list[Exercise]:
    rows = []
    for parameters in chosen:
        exercise, tried = write_exercise(family, parameters, choice, seed)
        held_out.add(exercise, programs(family.sketch(parameters)), tried)
        rows.append(exercise)
    return rows


def _distinct(
    family: Family, pool: Sequence[Parameters], count: int, settings: SynthesisSettings, seed: int
) -> list[Exercise]:
    """Up to `count` different exercises: every setting once, then again in other words."""
    rows: dict[str, Exercise] = {}
    for attempt in range(TRIES * count):
        if len(rows) == count:
            break
        round_number, place = divmod(attempt, len(pool))
        choice = Choice("train", round_number, settings.first_style, settings.examples)
        exercise, _ = write_exercise(family, pool[place], choice, seed)
        rows.setdefault(exercise.id, exercise)
    return list(rows.values())


def _without_twins(
    book: Workbook, held_out: HeldOut, family: Family, pool: Sequence[Parameters], seed: int
) -> list[Parameters]:
    """The settings that no held-out instance behaves like; the others are dropped."""
    kept = []
    for parameters in pool:
        if held_out.solved_by(family.name, family.sketch(parameters).reference):
            exercise, _ = write_exercise(family, parameters, Choice("train", 0, 1.0, 0.0), seed)
            _drop(book, exercise, "behaviour")
        else:
            kept.append(parameters)
    return kept


def _drop(book: Workbook, exercise: Exercise, shared: str) -> None:
    detail = f"{exercise.parameters} has the {shared} of a held-out instance"
    book.dropped.append(
        Dropped(exercise.id, "workbook", exercise.family, exercise.name, "held-out-twin", detail)
    )


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


def write_exercise(
    family: Family, parameters: Parameters, choice: Choice, seed: int
) -> tuple[Exercise, list[Case]]:
    """One rendering of (family, parameters), and what it is tested with.

    `choice.variant` numbers the renderings of a setting.
    """
    text = canonical_json(parameters)
    rng = stream(seed, "exercise", family.name, text, choice.variant)
    sketch = family.sketch(parameters)
    style = 0 if rng.random() < choice.first_style or len(sketch.bodies) == 1 else 1
    names = {place: rng.choice(list(options)) for place, options in sketch.arguments.items()}
    names["f"] = rng.choice(list(sketch.names))
    wording = rng.choice(list(sketch.wordings))
    tried = cases(sketch, rng)
    shown = example(names["f"], tried) if rng.random() < choice.examples else ""
    prompt = prompt_of(sketch, names, wording, shown)
    solution = solution_of(sketch, names, style)
    exercise = Exercise(
        id=content_id(prompt + solution),
        origin="workbook",
        family=family.name,
        parameters=text,
        style=str(style),
        name=names["f"],
        prompt=prompt,
        solution=solution,
        tests=asserts(names["f"], tried),
        split=choice.split,
    )
    return exercise, tried
