"""When two results count as the same, for problems with `inputs` and no rule of their own."""

from __future__ import annotations

from typing import Any


def same(actual: Any, expected: Any, atol: float) -> bool:
    """Equal; or numbers no further apart than `atol`, also inside lists, tuples and dicts.

    >>> same([0.1 + 0.2], [0.3], 1e-6), same((1, 2), [1, 2], 0.0), same(True, 1, 0.0)
    (True, False, True)
    """
    if type(expected) is float or type(actual) is float:
        return _close(actual, expected, atol)
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(actual, type(expected))
            and len(actual) == len(expected)
            and all(same(a, e, atol) for a, e in zip(actual, expected, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(same(actual[key], expected[key], atol) for key in expected)
        )
    return bool(actual == expected)


def _close(actual: Any, expected: Any, atol: float) -> bool:
    if not isinstance(actual, (int, float)) or not isinstance(expected, (int, float)):
        return bool(actual == expected)
    if actual == expected or (actual != actual and expected != expected):
        return True
    try:
        return abs(actual - expected) <= atol
    except OverflowError:
        return False


def decode(value: Any) -> Any:
    """A value of `inputs`: JSON, with objects of one key for what JSON lacks.

    >>> decode({"__tuple__": [1, {"__set__": [2]}]})
    (1, {2})
    """
    if isinstance(value, list):
        return [decode(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, body),) = value.items()
        if tag == "__tuple__":
            return tuple(decode(each) for each in body)
        if tag == "__set__":
            return {decode(each) for each in body}
        if tag == "__complex__":
            return complex(*body)
        if tag == "__dict__":
            return {decode(key): decode(each) for key, each in body}
    return {key: decode(each) for key, each in value.items()}
