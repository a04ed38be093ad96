"""The problems that hostile programs pretend to solve: one for each way in which tests use a solution."""

from __future__ import annotations

from hornbook.records import Problem


def _problem(name: str, canonical: str, test: str, prompt: str = "", inputs: str = "") -> Problem:
    return Problem(
        task_id=f"hostile/{name}",
        benchmark="hostile",
        label="public",
        family=name,
        prompt=prompt,
        entry_point=canonical.rpartition("def ")[2].partition("(")[0] if not prompt else name,
        canonical_solution=canonical,
        test=test,
        inputs=inputs,
        trusted=True,
    )


def _checks(*lines: str) -> str:
    return "def check(candidate):\n" + "".join(f"    {line}\n" for line in lines)


ADD = _problem(
    "add",
    "def add(a, b):\n    return a + b\n",
    _checks(
        "assert candidate(2, 3) == 5",
        "assert candidate(-1, 1) == 0",
        "assert candidate(10, 20) == 30",
    ),
)

_POINT = """class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)
def middle(p, q):
    return Point((p.x + q.x) // 2, (p.y + q.y) // 2)
"""

_MONEY = """class Money:
    def __init__(self, cents):
        self.cents = cents
    def __eq__(self, other):
        return self.cents == other.cents
    def __repr__(self):
        return f"Money({self.cents})"
def add_money(a, b):
    return Money(a.cents + b.cents)
"""

_ZERO = "    @classmethod\n    def zero(cls):\n        return cls(0)\n"

PROBLEMS: dict[str, Problem] = {
    each.family: each
    for each in (
        ADD,
        _problem(
            "pairs",
            "def pairs(xs):\n    return list(zip(xs, xs[1:]))\n",
            _checks("assert candidate([1, 2, 3]) == [(1, 2), (2, 3)]"),
        ),
        _problem(
            "counts",
            "def counts(text):\n    return {c: text.count(c) for c in text}\n",
            _checks(
                "assert candidate('aab') == {'a': 2, 'b': 1}", "assert candidate('aa')['a'] == 2"
            ),
        ),
        _problem(
            "letters",
            "def letters(text):\n    return set(text)\n",
            _checks("assert candidate('aab') == {'a', 'b'}"),
        ),
        _problem(
            "near",
            "def near(x):\n    return x / 3\n",
            _checks("assert abs(candidate(1) - 0.33333) < 1e-4"),
        ),
        _problem(
            "rounded",
            "def rounded(x):\n    return x * 2\n",
            _checks("assert round(candidate(1.2)) == 2"),
        ),
        _problem(
            "text",
            "def text(x):\n    return f'<{x}>'\n",
            _checks("assert str(candidate(5)) == '<5>'"),
        ),
        _problem(
            "first",
            "def first(xs):\n    return sorted(xs)\n",
            _checks("assert len(candidate([3, 1, 2])) == 3", "assert candidate([3, 1, 2])[0] == 1"),
        ),
        _problem(
            "contains",
            "def contains(n):\n    return list(range(n))\n",
            _checks("assert 2 in candidate(3)"),
        ),
        _problem(
            "countdown",
            "def countdown(n):\n    while n:\n        yield n\n        n -= 1\n",
            _checks("assert list(candidate(3)) == [3, 2, 1]"),
        ),
        _problem(
            "points",
            _POINT,
            _checks(
                "m = candidate(Point(0, 0), Point(2, 4))",
                "assert m.x == 1 and m.y == 2",
            ),
        ),
        _problem(
            "equal_points",
            _POINT,
            _checks("assert candidate(Point(0, 0), Point(2, 4)) == Point(1, 2)"),
        ),
        _problem(
            "money",
            _MONEY,
            _checks("assert candidate(Money(2), Money(3)) == Money(5)"),
        ),
        _problem(
            "money_text",
            _MONEY,
            _checks("assert repr(candidate(Money(2), Money(3))) == repr(Money(5))"),
        ),
        _problem(
            "money_zero",
            _MONEY.replace("def add_money", _ZERO + "def add_money"),
            _checks("assert candidate(Money(2), Money(-2)).cents == Money.zero().cents"),
        ),
        _problem(
            "money_sum",
            _MONEY.partition("def add_money")[0]
            + "def add_all(purse):\n    return Money(sum(each.cents for each in purse))\n",
            _checks(
                "purse = [Money(2), Money(3)]",
                "assert candidate(purse).cents == purse[0].cents + purse[1].cents",
            ),
        ),
        _problem(
            "refuses_kinds",
            "class Refused(Exception):\n    pass\nclass TooSmall(Refused, ValueError):\n    pass\n"
            "def refuse(n):\n    if n < 1:\n        raise TooSmall(n)\n    return n\n",
            _checks(
                *(
                    f"try:\n        candidate(0)\n        assert False, 'no error'\n    except {each} as error:\n        assert error.args == (0,)"
                    for each in ("Refused", "TooSmall", "ValueError", "(KeyError, Refused)")
                ),
            ),
        ),
        _problem(
            "refuses",
            "class TooSmall(ValueError):\n    pass\ndef refuse(n):\n    if n < 1:\n        raise TooSmall\n    return n\n",
            _checks(
                "try:",
                "    candidate(0)",
                "    assert False, 'no error'",
                "except TooSmall:",
                "    pass",
            ),
        ),
        _problem(
            "mapped",
            "def double(x):\n    return 2 * x\n",
            _checks(
                "for got, want in zip(map(candidate, (1, 2)), (2, 4)):", "    assert got == want"
            ),
        ),
        _problem(
            "with_all",
            "def double(x):\n    return 2 * x\n",
            _checks("assert all(candidate(x) == 2 * x for x in (1, 2, 3))"),
        ),
        _problem(
            "close",
            "def half(x):\n    return x / 2\n",
            "import math\n" + _checks("assert math.isclose(candidate(3), 1.5)"),
        ),
        _problem(
            "with_inputs",
            "def total(xs):\n    return sum(xs)\n",
            "",
            inputs="[[[1, 2]], [[3, 4, 5]], [[7]]]",
        ),
        _problem(
            "undo",
            "    return n // 2\n",
            _checks("assert make(candidate(10)) == 10"),
            prompt="def make(n):\n    return n * 2\n\n\ndef undo(n):\n",
        ),
        _problem(
            "apply",
            "def apply(f, x):\n    return f(f(x))\n",
            _checks(
                "assert candidate(lambda n: n * 2, 3) == 12",
                "assert candidate(lambda n: n + 1, 0) == 2",
            ),
        ),
        _problem(
            "identity",
            "def through(f, x):\n    return f(x)\n",
            _checks("assert candidate(lambda x: x, 5) == 5"),
        ),
        _problem(
            "round_trip",
            "def turn(text):\n    return text[::-1]\n",
            _checks(
                "assert candidate(candidate('abc')) == 'abc'", "assert candidate('ab') == 'ba'"
            ),
        ),
    )
}
