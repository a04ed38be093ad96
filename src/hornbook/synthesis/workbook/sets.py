"""Sets, pairs and measures of a list as a whole."""

from __future__ import annotations

import random
from typing import Any

from hornbook.synthesis.workbook.family import (
    Operation,
    Parameters,
    Sketch,
    Topic,
    body,
    integers,
    lists,
)
from hornbook.synthesis.workbook.phrases import ORDER, condition

TOPIC = Topic("sets and searching")
NUMBERS = {"xs": ("numbers", "values", "items")}
TWO_LISTS = {"xs": ("first", "left", "ours"), "ys": ("second", "right", "theirs")}


@TOPIC.family(known=False, kind=("both", "only", "either"), limit=range(0, 24, 2))
def compare_lists(p: Parameters) -> Sketch:
    kind, k = p["kind"], p["limit"]
    sign = {"both": "&", "only": "-", "either": "|"}[kind]
    where = {"both": "both $xs and $ys", "only": "$xs but not $ys", "either": "$xs or $ys"}[kind]

    def reference(xs: list[int], ys: list[int]) -> list[int]:
        inside: dict[str, Operation] = {
            "both": lambda x: x in xs and x in ys,
            "only": lambda x: x in xs and x not in ys,
            "either": lambda x: True,
        }
        return [x for x in range(k + 1, 100) if x in [*xs, *ys] and inside[kind](x)]

    def inputs(rng: random.Random) -> list[tuple[Any, ...]]:
        shared = [k, k + 1, k - 1, k + 2]
        ours, theirs = [k + 3, k, k + 1, k + 9], [k, k + 5, k + 2, k + 9]
        return [
            (shared + integers(rng), [*shared[::-1], rng.randint(0, 40)]),
            (ours, theirs),
            ([k + 1, k + 1], [k + 1]),
            ([], [k + 4, k + 3]),
            ([k + 4, k + 3], []),
        ]

    return Sketch(
        names=("compare_lists", "merge_sets", "select_shared"),
        arguments=TWO_LISTS,
        signature="($xs: list[int], $ys: list[int]) -> list[int]",
        wordings=(
            f"Return the sorted list of the different numbers greater than {k} that are in {where}.",
            f"Find all numbers above {k} that occur in {where}; return them sorted and without repeats.",
            f"Return, in increasing order and each once, the numbers above {k} found in {where}.",
        ),
        bodies=(
            f"return sorted(x for x in set($xs) {sign} set($ys) if x > {k})",
            body(f"""
                found = set($xs) {sign} set($ys)
                return sorted(x for x in found if x > {k})
            """),
        ),
        reference=reference,
        inputs=inputs,
    )


@TOPIC.family(known=False, target=range(1, 31))
def pair_with_sum(p: Parameters) -> Sketch:
    target = p["target"]

    def reference(xs: list[int]) -> bool:
        return any(a + b == target for i, a in enumerate(xs) for b in xs[:i])

    return Sketch(
        names=("has_pair", "pair_exists", "two_make"),
        arguments=NUMBERS,
        signature="($xs: list[int]) -> bool",
        wordings=(
            f"Return True if two elements of $xs at different places add up to {target}.",
            f"Check whether $xs holds two numbers whose sum is {target}.",
            f"Tell if there are two different places in $xs whose numbers sum to {target}.",
        ),
        bodies=(
            body(f"""
                seen = set()
                for x in $xs:
                    if {target} - x in seen:
                        return True
                    seen.add(x)
                return False
            """),
            body(f"""
                for i in range(len($xs)):
                    for j in range(i + 1, len($xs)):
                        if $xs[i] + $xs[j] == {target}:
                            return True
                return False
            """),
        ),
        reference=reference,
        inputs=lambda rng: [
            ([target + 50, 70, -50],),
            ([100, target - 7, 7],),
            ([target, 200],),
            ([target + 61, 90, -60],),
            ([target + 59, 90, -60],),
            ([],),
        ],
    )


@TOPIC.family(known=False, times=range(2, 12), plus=(3, 10, 25))
def spread(p: Parameters) -> Sketch:
    times, plus = p["times"], p["plus"]
    return Sketch(
        names=("spread", "width_score", "range_score"),
        arguments=NUMBERS,
        signature="($xs: list[int]) -> int",
        wordings=(
            f"Return {times} times the difference between the largest and the smallest number in $xs, plus {plus}.",
            f"Subtract the smallest of $xs from the largest, multiply the result by {times} and add {plus}.",
            f"Compute {times} * d + {plus}, where d is the largest minus the smallest number in $xs.",
        ),
        bodies=(
            f"return {times} * (max($xs) - min($xs)) + {plus}",
            body(f"""
                difference = max($xs) - min($xs)
                return {times} * difference + {plus}
            """),
        ),
        reference=lambda xs: (sorted(xs)[-1] - sorted(xs)[0]) * times + plus,
        inputs=lambda rng: [*((integers(rng),) for _ in range(3)), ([4],), ([-7, -2],)],
    )


@TOPIC.family(known=False, kind=ORDER, k=range(2, 32, 3))
def mean_where(p: Parameters) -> Sketch:
    c = condition(p["kind"], p["k"])

    def reference(xs: list[int]) -> int:
        total = count = 0
        for x in xs:
            if c.test(x):
                total, count = total + x, count + 1
        return total // count if count else 0

    return Sketch(
        names=("mean_of_selected", "average_of_some", "typical_value"),
        arguments=NUMBERS,
        signature="($xs: list[int]) -> int",
        wordings=(
            f"Return the average, rounded down, of the numbers in $xs that are {c.said}, or 0 if there are none.",
            f"Average those elements of $xs which are {c.said}; round down, and return 0 if there are none.",
            f"Return the mean of all $xs that are {c.said}, rounded down to an integer; 0 if no number is.",
        ),
        bodies=(
            body(f"""
                chosen = [x for x in $xs if {c.of("x")}]
                return sum(chosen) // len(chosen) if chosen else 0
            """),
            body(f"""
                chosen = [x for x in $xs if {c.of("x")}]
                if not chosen:
                    return 0
                return sum(chosen) // len(chosen)
            """),
        ),
        reference=reference,
        inputs=lists(c.near),
    )
