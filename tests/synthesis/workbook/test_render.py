"""Facts about how an exercise is put into words."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hornbook.synthesis.workbook.family import Sketch
from hornbook.synthesis.workbook.phrases import (
    KINDS,
    MAPPINGS,
    condition,
    counted,
    mapping,
    ordinal,
)
from hornbook.synthesis.workbook.render import (
    EXAMPLE_WIDTH,
    Case,
    asserts,
    cases,
    example,
    literal,
    prompt_of,
    solution_of,
)

SKETCH = Sketch(
    names=("double",),
    arguments={"n": ("n",)},
    signature="($n: int) -> int",
    wordings=("Return twice $n.",),
    bodies=("return $n * 2", "if $n:\n    return $n + $n\nreturn 0"),
    reference=lambda n: n + n,
    inputs=lambda rng: [(1,), (1,), (2,)],
    imports="import math\n\n\n",
)


def test_a_prompt_has_imports_signature_and_docstring() -> None:
    """The layout of HumanEval, with and without an example."""
    names = {"f": "double", "n": "x"}
    plain = 'import math\n\n\ndef double(x: int) -> int:\n    """Return twice x.\n    """\n'
    assert prompt_of(SKETCH, names, SKETCH.wordings[0]) == plain
    shown = prompt_of(SKETCH, names, SKETCH.wordings[0], example("double", [Case((2,), "2", 4)]))
    assert shown.endswith('Return twice x.\n\n    >>> double(2)\n    4\n    """\n')


def test_a_solution_is_indented_whole() -> None:
    """Blocks inside a body keep their own indentation."""
    solution = solution_of(SKETCH, {"f": "double", "n": "x"}, 1)
    assert solution == "    if x:\n        return x + x\n    return 0\n"


def test_cases_are_distinct_and_become_asserts() -> None:
    """A call that is drawn twice is tested once."""
    tried = cases(SKETCH, random.Random(0))
    assert asserts("double", tried) == "assert double(1) == 2\nassert double(2) == 4\n"


def test_cases_keep_arguments_as_they_were_before_the_call() -> None:
    """A reference that empties its list does not change the test's text."""
    eater = Sketch(
        names=("eat",),
        arguments={},
        signature="",
        wordings=(),
        bodies=(),
        reference=lambda xs: [xs.pop() for _ in range(len(xs))],
        inputs=lambda rng: [([1, 2],)],
    )
    assert asserts("eat", cases(eater, random.Random(0))) == "assert eat([1, 2]) == [2, 1]\n"


def test_an_example_is_short_and_telling() -> None:
    """Too long ones are passed over, and so is one that returns nothing."""
    long = Case((["x" * 99],), repr(["x" * 99]), 1)
    assert example("f", [long]) == ""
    assert example("f", [Case((5,), "5", 0), Case((6,), "6", 1), long]) == "\n>>> f(6)\n1\n"
    assert len(example("f", [Case((6,), "6", 1)])) <= EXAMPLE_WIDTH


def test_dates_are_written_by_their_short_name() -> None:
    """As the prompt imports them."""
    assert literal(date(2024, 2, 9)) == "date(2024, 2, 9)"
    assert literal(["a", None]) == "['a', None]"


@given(st.integers(-200, 200), st.sampled_from(KINDS), st.integers(2, 30))
def test_a_condition_means_what_its_code_says(x: int, kind: str, k: int) -> None:
    """Code and predicate agree; the wording names the constant."""
    made = condition(kind, k)
    assert eval(made.of("x"), {"x": x}) == made.test(x)
    assert str(k) in made.said


@given(st.integers(-50, 50), st.sampled_from((*MAPPINGS, "power")), st.integers(2, 9))
def test_a_mapping_does_what_its_code_says(x: int, kind: str, k: int) -> None:
    """Code and function agree; the wording names the constant."""
    made = mapping(kind, k)
    assert eval(made.of("x"), {"x": x}) == made.apply(x)
    assert str(k) in made.said


def test_numbers_are_said_in_good_english() -> None:
    """One day, two days; 11th, 21st, 112th."""
    assert [counted(n, "day") for n in (1, 2)] == ["1 day", "2 days"]
    assert [ordinal(n) for n in (3, 12, 21, 112)] == ["3rd", "12th", "21st", "112th"]
