"""From a sketch to the text of an exercise: prompt, solution, example and tests."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hornbook.synthesis.workbook.family import Sketch

_PLACE = re.compile(r"\$(\w+)")
WIDTH = 92
EXAMPLE_WIDTH = 56
"""A longer example costs more tokens than the rest of the prompt."""


@dataclass(frozen=True)
class Case:
    """One call of the function and what it returns."""

    given: tuple[Any, ...]
    arguments: str
    """As Python writes them; taken before the call, which may change them."""
    result: Any


def cases(sketch: Sketch, rng: random.Random) -> list[Case]:
    """The calls to test with, none twice. The reference computes the results."""
    found: dict[str, Case] = {}
    for given in sketch.inputs(rng):
        arguments = ", ".join(map(literal, given))
        if arguments not in found:
            found[arguments] = Case(given, arguments, sketch.reference(*given))
    return list(found.values())


def prompt_of(sketch: Sketch, names: Mapping[str, str], wording: str, shown: str = "") -> str:
    """Imports, signature and docstring, which ends with the example `shown`, if any."""
    said = textwrap.fill(
        _fill(wording, names), WIDTH, break_long_words=False, break_on_hyphens=False
    )
    docstring = textwrap.indent(f'"""{said}\n{shown}"""\n', "    ")
    return f"{sketch.imports}def {names['f']}{_fill(sketch.signature, names)}:\n{docstring}"


def solution_of(sketch: Sketch, names: Mapping[str, str], style: int) -> str:
    """The body, indented, in one of the sketch's styles."""
    return textwrap.indent(_fill(sketch.bodies[style], names), "    ") + "\n"


def programs(sketch: Sketch) -> list[str]:
    """The whole program in every style, with each argument's first name."""
    names = {place: options[0] for place, options in sketch.arguments.items()}
    names["f"] = sketch.names[0]
    prompt = prompt_of(sketch, names, sketch.wordings[0])
    return [prompt + solution_of(sketch, names, style) for style in range(len(sketch.bodies))]


def example(name: str, tried: Sequence[Case]) -> str:
    """The most telling call that is short enough, as a doctest after an empty line; or nothing.

    Long ones tell more than short ones, and all of them more than those that return 0 or nothing.

    >>> example("f", [Case(([],), "[]", 0), Case(([1, 2],), "[1, 2]", 3)])
    '\\n>>> f([1, 2])\\n3\\n'
    """
    shown = {f"\n>>> {name}({case.arguments})\n{case.result!r}\n": case for case in tried}
    fitting = [
        text
        for text, case in shown.items()
        if len(text) <= EXAMPLE_WIDTH and all(case.given) and case.result is not None
    ]
    return max(fitting, key=lambda text: (bool(shown[text].result), len(text)), default="")


def asserts(name: str, tried: Sequence[Case]) -> str:
    """Assert statements, one a call.

    >>> asserts("f", [Case((1,), "1", 2)])
    'assert f(1) == 2\\n'
    """
    return "".join(f"assert {name}({case.arguments}) == {literal(case.result)}\n" for case in tried)


def literal(value: Any) -> str:
    """A value as Python writes it; dates by their short name, as the prompts import them."""
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    return repr(value)


def _fill(text: str, names: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: names[match.group(1)], text)
