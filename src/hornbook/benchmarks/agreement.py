"""When an answer agrees with the canonical solution, as EvalPlus judges it.

The rule is a function `same(actual, expected, args)` that goes into a problem's `setup`, and so runs
where the tests run. Equal values agree. Unequal ones may still, as numbers: where the problem has a
tolerance, or where a float or a list of floats is expected (then 1e-6). Both have to be of one type,
and each number within atol + 1e-7 * |expected|. A few tasks have another rule, because their
statement leaves the order open or is read in two ways, or their result can't be kept.
"""

from __future__ import annotations

_NUMBERS = """
def _floats(value):
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(each, float) for each in value)
    return isinstance(value, float)

def _near(actual, expected, atol):
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(actual, (list, tuple))
            and len(actual) == len(expected)
            and all(_near(a, e, atol) for a, e in zip(actual, expected))
        )
    if actual == expected or (actual != actual and expected != expected):
        return True
    try:
        return abs(actual - expected) <= atol + 1e-7 * abs(expected) < float("inf")
    except (TypeError, OverflowError):
        return False

def _agree(actual, expected, atol):
    if actual == expected:
        return True
    atol = atol or (1e-6 if _floats(expected) else 0)
    return atol > 0 and type(actual) is type(expected) and _near(actual, expected, atol)
"""

_PLAIN = """
def same(actual, expected, args):
    return _agree(actual, expected, {atol})
"""

_AS_SETS = """
def same(actual, expected, args):
    try:
        return set(actual) == set(expected) or _agree(actual, expected, {atol})
    except TypeError:
        return False
"""

_WHETHER_ANY = """
def same(actual, expected, args):
    found = expected is not None
    return (actual if isinstance(actual, bool) else actual is not None) == found
"""

_ROOT = """
import math

def same(actual, expected, args):
    try:
        return abs(sum(c * math.pow(actual, i) for i, c in enumerate(args[0]))) <= {atol}
    except (TypeError, OverflowError):
        return False
"""

_DIGITS = """
def same(actual, expected, args):
    width = max(len(str(each)) for each in args)
    pairs = zip(*(str(each).zfill(width) for each in args))
    return actual in (expected, sum(abs(int(a) - int(b)) for a, b in pairs))
"""

_PYRAMID = """
import math

def same(actual, expected, args):
    edge, height = args
    slant = math.sqrt((edge / 2) ** 2 + height ** 2)
    upright = round(edge ** 2 + 4 * (edge * slant) / 2)
    return actual == expected or actual == upright
"""

OWN_RULES = {
    "HumanEval/32": _ROOT,  # any root will do
    "Mbpp/558": _DIGITS,  # the shorter number may be filled with zeros
    "Mbpp/581": _PYRAMID,  # the height may be the slant's or the pyramid's
    **dict.fromkeys(("Mbpp/737", "Mbpp/787", "Mbpp/794"), _WHETHER_ANY),  # a match, or True
    **dict.fromkeys(
        ("Mbpp/2", "Mbpp/7", "Mbpp/111", "Mbpp/140", "Mbpp/232", "Mbpp/579", "Mbpp/769"), _AS_SETS
    ),
}
"""By task: the rule where it is not the plain one."""


def rule(task_id: str, atol: float) -> str:
    """The source of `same` for a task.

    >>> names: dict = {}
    >>> exec(rule("Mbpp/2", 0.0), names)
    >>> names["same"]([1, 2, 2], (2, 1), []), names["same"]([1], (2, 1), [])
    (True, False)
    >>> exec(rule("HumanEval/4", 1e-6), names)
    >>> names["same"](0.1 + 0.2, 0.3, []), names["same"]((1.0,), [1.0], [])
    (True, False)
    """
    own = OWN_RULES.get(task_id, _PLAIN)
    return f"{_NUMBERS}{own.format(atol=atol)}"
