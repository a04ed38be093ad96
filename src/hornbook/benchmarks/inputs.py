"""Argument lists as JSON, and what EvalPlus's files mean by theirs.

JSON has no tuples, sets, complex numbers and no dicts with keys other than texts; objects of one
key stand for them: {"__tuple__": [...]}, {"__set__": [...]}, {"__complex__": [real, imaginary]} and
{"__dict__": [[key, value], ...]}, this for every dict. The judge takes them apart again.

MBPP+ is published as plain JSON, in which each tuple is a list. Which arguments of which task were
tuples, its authors say in their loader; the tables below hold the same facts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any


def inputs_text(argument_lists: Iterable[Sequence[Any]]) -> str:
    """The `inputs` column of a problem.

    >>> inputs_text([[(1, 2), {"a": 1j}]])
    '[[{"__tuple__":[1,2]},{"__dict__":[["a",{"__complex__":[0.0,1.0]}]]}]]'
    """
    plain = [[tagged(argument) for argument in each] for each in argument_lists]
    return json.dumps(plain, separators=(",", ":"))


def tagged(value: Any) -> Any:
    """A value in JSON's terms."""
    if isinstance(value, list):
        return [tagged(each) for each in value]
    if isinstance(value, tuple):
        return {"__tuple__": [tagged(each) for each in value]}
    if isinstance(value, (set, frozenset)):
        return {"__set__": [tagged(each) for each in sorted(value, key=repr)]}
    if isinstance(value, complex):
        return {"__complex__": [value.real, value.imag]}
    if isinstance(value, dict):
        return {"__dict__": [[tagged(key), tagged(each)] for key, each in value.items()]}
    return value


def mbppplus_arguments(task_id: str, arguments: list[Any]) -> list[Any]:
    """One argument list of MBPP+ with its tuples and complex numbers back in place.

    >>> mbppplus_arguments("Mbpp/106", [[1], [2, 3]]), mbppplus_arguments("Mbpp/120", [[[2, 7]]])
    ([[1], (2, 3)], [[(2, 7)]])
    """
    return _SHAPES.get(int(task_id.rpartition("/")[2]), list)(arguments)


def _tuples(values: Iterable[Any]) -> list[Any]:
    return [tuple(each) for each in values]


def _each(arguments: list[Any]) -> list[Any]:
    """Every argument is a tuple."""
    return _tuples(arguments)


def _in_each(arguments: list[Any]) -> list[Any]:
    """Every argument is a list of tuples."""
    return [_tuples(each) for each in arguments]


def _each_and_in_each(arguments: list[Any]) -> list[Any]:
    """Every argument is a tuple of tuples."""
    return _tuples(_in_each(arguments))


def _in_first(arguments: list[Any]) -> list[Any]:
    """The first of two arguments is a list of tuples."""
    return [_tuples(arguments[0]), arguments[1]]


def _first(arguments: list[Any]) -> list[Any]:
    """The first of two arguments is a tuple."""
    return [tuple(arguments[0]), arguments[1]]


def _second(arguments: list[Any]) -> list[Any]:
    """The second of two arguments is a tuple."""
    return [arguments[0], tuple(arguments[1])]


def _mixed(arguments: list[Any]) -> list[Any]:
    """One argument: a tuple of numbers and tuples (Mbpp/278)."""
    return [tuple(tuple(item) if isinstance(item, list) else item for item in arguments[0])]


def _students(arguments: list[Any]) -> list[Any]:
    """A dict whose values are tuples, and two numbers (Mbpp/722)."""
    return [{key: tuple(value) for key, value in arguments[0].items()}, *arguments[1:]]


def _deep(arguments: list[Any]) -> list[Any]:
    """Every list, however deep, is a tuple."""

    def change(value: Any) -> Any:
        return tuple(map(change, value)) if isinstance(value, list) else value

    return [change(each) for each in arguments]


def _float_and_complex(arguments: list[Any]) -> list[Any]:
    return [float(arguments[0]), complex(arguments[1])]


def _complex(arguments: list[Any]) -> list[Any]:
    return [complex(arguments[0])]


_TASKS: tuple[tuple[Callable[[list[Any]], list[Any]], tuple[int, ...]], ...] = (
    (_each, (2, 116, 132, 222, 261, 273, 394, 421, 424, 429, 470, 560, 579, 596, 616, 630)),
    (_each, (726, 740, 744, 809)),
    (_in_each, (63, 64, 70, 94, 120, 237, 272, 299, 409, 473, 614, 780)),
    (_each_and_in_each, (259, 445)),
    (_in_first, (75, 413, 753)),
    (_first, (250, 405, 446, 720, 763, 808)),
    (_second, (106, 750)),
    (_deep, (580, 615, 791)),
    (_mixed, (278,)),
    (_students, (722,)),
    (_float_and_complex, (124,)),
    (_complex, (252,)),
)
_SHAPES = {number: shape for shape, numbers in _TASKS for number in numbers}
