"""Facts about every family of the workbook."""

from __future__ import annotations

import ast
import doctest
import random
from itertools import pairwise
from typing import Any

import pytest

from hornbook.similarity.trees import tree_fingerprint
from hornbook.synthesis.workbook import FAMILIES, known, unknown
from hornbook.synthesis.workbook.catalogue import ROOMS
from hornbook.synthesis.workbook.family import Family, Parameters
from hornbook.synthesis.workbook.render import (
    asserts,
    cases,
    example,
    literal,
    programs,
    prompt_of,
    solution_of,
)

every_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


def passes(program: str, tests: str) -> bool:
    """Whether a program passes; anything it raises is a failure."""
    try:
        exec(program + tests, {})
    except Exception:
        return False
    return True


def some(family: Family, count: int) -> list[Parameters]:
    return random.Random(family.name).sample(list(family.settings), count)


def asserts_of(family: Family, parameters: Parameters) -> str:
    sketch = family.sketch(parameters)
    return asserts(sketch.names[0], cases(sketch, random.Random(str(parameters))))


def neighbours(family: Family, parameters: Parameters) -> list[Parameters]:
    """Settings that differ in one parameter only: the hardest to tell apart."""
    return [p for p in family.settings if sum(p[axis] != parameters[axis] for axis in p) == 1]


def test_there_are_enough_families_of_both_kinds() -> None:
    """At least 34 known and 14 unknown families, in topics of their own files."""
    assert len(known()) >= 34
    assert len(unknown()) >= 14
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    assert len({room.TOPIC.name for room in ROOMS}) == len(ROOMS) >= 10


@every_family
def test_a_family_has_many_settings_wordings_names_and_styles(family: Family) -> None:
    """Held-out instances need room; wordings, names and styles bring the variety."""
    assert len(family.settings) >= (60 if family.known else 25)
    for parameters in some(family, 6):
        sketch = family.sketch(parameters)
        assert len(set(sketch.wordings)) >= 3
        assert len(set(sketch.bodies)) >= 2
        assert len(set(sketch.names)) >= 3
        assert all(len(set(options)) >= 2 for options in sketch.arguments.values())


@every_family
def test_every_setting_is_a_program_of_its_own(family: Family) -> None:
    """No parameter is hidden: two settings never give the same tree."""
    trees = [tree_fingerprint(programs(family.sketch(p))[0]) for p in family.settings]
    assert len(set(trees)) == len(trees)


@every_family
def test_every_style_passes_the_tests(family: Family) -> None:
    """Solutions agree with the reference, which is written in another way."""
    for parameters in some(family, 20):
        tests = asserts_of(family, parameters)
        assert 4 <= len(tests.splitlines()) <= 6, tests
        for program in programs(family.sketch(parameters)):
            assert passes(program, tests), program + tests


@every_family
def test_tests_tell_a_wrong_parameter(family: Family) -> None:
    """At least 90 % of solutions for other parameters fail, be they near or far."""
    rng = random.Random(family.name)
    killed = tried = 0
    for parameters in some(family, 6):
        tests = asserts_of(family, parameters)
        right = {tree_fingerprint(p) for p in programs(family.sketch(parameters))}
        near = neighbours(family, parameters)
        far = [p for p in family.settings if p != parameters]
        for other in [*rng.sample(near, min(8, len(near))), *rng.sample(far, 8)]:
            program = programs(family.sketch(other))[0]
            if tree_fingerprint(program) not in right:
                tried += 1
                killed += not passes(program, tests)
    assert tried >= 50
    assert killed >= 0.9 * tried


@every_family
def test_a_reference_leaves_its_arguments_alone(family: Family) -> None:
    """Cases are used again for comparing behaviour, so they must stay what they were."""
    for parameters in some(family, 6):
        for case in cases(family.sketch(parameters), random.Random(0)):
            assert ", ".join(map(literal, case.given)) == case.arguments


@every_family
def test_an_empty_body_fails(family: Family) -> None:
    """Returning nothing never passes."""
    parameters = family.settings[0]
    sketch = family.sketch(parameters)
    names = {place: options[0] for place, options in sketch.arguments.items()}
    prompt = prompt_of(sketch, names | {"f": sketch.names[0]}, sketch.wordings[0])
    assert not passes(prompt + "    pass\n", asserts_of(family, parameters))


@every_family
def test_examples_in_docstrings_are_right(family: Family) -> None:
    """What a docstring shows is what the solution returns, to the letter."""
    runner = doctest.DocTestRunner(verbose=False)
    for parameters in some(family, 8):
        sketch = family.sketch(parameters)
        names: dict[str, Any] = {place: o[-1] for place, o in sketch.arguments.items()}
        names["f"] = sketch.names[-1]
        shown = example(names["f"], cases(sketch, random.Random(str(parameters))))
        prompt = prompt_of(sketch, names, sketch.wordings[-1], shown)
        space: dict[str, Any] = {}
        exec(prompt + solution_of(sketch, names, 0), space)
        text = ast.get_docstring(ast.parse(prompt + "    pass\n").body[-1]) or ""  # type: ignore[arg-type]
        found = doctest.DocTestParser().get_doctest(text, space, family.name, None, 0)
        assert len(found.examples) == bool(shown)
        runner.run(found, out=lambda _: None)
    assert runner.failures == 0


@every_family
def test_texts_are_filled_in_and_short(family: Family) -> None:
    """No placeholder is left, no "1 days", no empty quotation; bodies have at most 9 lines."""
    for parameters in some(family, 10):
        sketch = family.sketch(parameters)
        names = {place: options[0] for place, options in sketch.arguments.items()}
        names["f"] = sketch.names[0]
        for wording in sketch.wordings:
            prompt = prompt_of(sketch, names, wording)
            assert "$" not in prompt
            words = prompt.replace(".", " ").replace(",", " ").split()
            plural = {"days", "elements", "characters", "places", "decimals", "hours", "years"}
            assert not any(a == "1" and b in plural for a, b in pairwise(words))
        for style in range(len(sketch.bodies)):
            solution = solution_of(sketch, names, style)
            assert "$" not in solution
            assert len(solution.splitlines()) <= 9
            assert all(line.startswith("    ") for line in solution.splitlines())
