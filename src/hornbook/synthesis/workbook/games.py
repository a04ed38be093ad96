"""Games and puzzles: throws of dice, walks of a number, brackets."""

from __future__ import annotations

import random
from typing import Any

from hornbook.synthesis.workbook.family import Parameters, Sketch, Topic, body

TOPIC = Topic("games and puzzles")


@TOPIC.family(known=False, face=range(1, 7), bonus=range(5, 45, 5))
def dice_score(p: Parameters) -> Sketch:
    face, bonus = p["face"], p["bonus"]

    def reference(xs: list[int]) -> int:
        points = 0
        for x in xs:
            points += x + bonus * (x == face)
        return points

    def inputs(rng: random.Random) -> list[tuple[Any, ...]]:
        return [([rng.randint(1, 6) for _ in range(n)] + [face],) for n in (2, 3, 5)] + [
            ([1, 2, 3, 4, 5, 6],),
            ([face, face],),
            ([],),
        ]

    return Sketch(
        names=("dice_score", "points_of_throws", "game_score"),
        arguments={"xs": ("throws", "dice", "rolls")},
        signature="($xs: list[int]) -> int",
        wordings=(
            f"Return the points for $xs: the sum of the dice, and {bonus} more for each die that shows {face}.",
            f"Add up $xs; every {face} among them brings a bonus of {bonus}. Return the total.",
            f"In a game each die counts its face, and a {face} counts {bonus} extra. Return the score of $xs.",
        ),
        bodies=(
            f"return sum($xs) + {bonus} * $xs.count({face})",
            body(f"""
                score = 0
                for x in $xs:
                    score += x
                    if x == {face}:
                        score += {bonus}
                return score
            """),
        ),
        reference=reference,
        inputs=inputs,
    )


@TOPIC.family(known=False, multiply=(3, 5, 7), add=range(1, 20, 2))
def halving_walk(p: Parameters) -> Sketch:
    m, a = p["multiply"], p["add"]

    def reference(n: int, steps: int) -> list[int]:
        walk = [n]
        while len(walk) <= steps:
            last = walk[-1]
            walk.append(m * last + a if last % 2 else last // 2)
        return walk

    return Sketch(
        names=("halving_walk", "number_walk", "follow_rule"),
        arguments={"n": ("n", "start", "number"), "steps": ("count", "rounds", "k")},
        signature="($n: int, $steps: int) -> list[int]",
        wordings=(
            f"An even number is halved, an odd number x becomes {m} * x + {a}. Return $n and the next $steps numbers.",
            f"Begin with $n. In each of $steps steps halve an even number and turn an odd x into {m} * x + {a}. Return all numbers.",
            f"Return the list of $n and what follows it in $steps steps: half of an even number, {m} * x + {a} for an odd x.",
        ),
        bodies=(
            body(f"""
                walk = [$n]
                for _ in range($steps):
                    if $n % 2 == 0:
                        $n = $n // 2
                    else:
                        $n = {m} * $n + {a}
                    walk.append($n)
                return walk
            """),
            body(f"""
                walk = [$n]
                for _ in range($steps):
                    $n = {m} * $n + {a} if $n % 2 else $n // 2
                    walk.append($n)
                return walk
            """),
        ),
        reference=reference,
        inputs=lambda rng: [(1, 3), (8, 2), (7, 0), (rng.randint(3, 30), 5), (11, 4)],
    )


@TOPIC.family(
    known=False,
    pairs=("()", "[]", "{}", "<>", "()[]", "()<>", "[]{}", "(){}", "[]<>", "{}<>"),
    limit=range(1, 6),
)
def balanced(p: Parameters) -> Sketch:
    pairs, limit = p["pairs"], p["limit"]
    opening, closing = pairs[::2], pairs[1::2]
    other = "".join(c for c in "<>{}[]()" if c not in pairs)
    partner = ", ".join(f'"{b}": "{a}"' for a, b in zip(opening, closing, strict=True))
    is_opening = f'c == "{opening}"' if len(opening) == 1 else f'c in "{opening}"'

    def reference(s: str) -> bool:
        kept, depth, deepest = "".join(c for c in s if c in pairs), 0, 0
        for c in kept:
            depth += 1 if c in opening else -1
            deepest = max(depth, deepest)
        for _ in kept:
            for a, b in zip(opening, closing, strict=True):
                kept = kept.replace(a + b, "")
        return not kept and deepest <= limit

    return Sketch(
        names=("is_balanced", "check_brackets", "well_nested"),
        arguments={"s": ("text", "code", "line")},
        signature="($s: str) -> bool",
        wordings=(
            f'Check that the brackets "{pairs}" in $s are balanced and never more than {limit} deep; other characters don\'t count.',
            f'Return True if the brackets "{pairs}" of $s match and are nested at most {limit} deep. Skip all other characters.',
            f'Only "{pairs}" count. Tell if they are well nested in $s, with a depth of at most {limit}.',
        ),
        bodies=(
            body(f"""
                partner, stack = {{{partner}}}, []
                for c in $s:
                    if {is_opening}:
                        stack.append(c)
                    elif c in partner and (not stack or stack.pop() != partner[c]):
                        return False
                    if len(stack) > {limit}:
                        return False
                return not stack
            """),
            body(f"""
                partner, stack, deepest = {{{partner}}}, [], 0
                for c in $s:
                    if {is_opening}:
                        stack.append(c)
                        deepest = max(deepest, len(stack))
                    elif c in partner and (not stack or stack.pop() != partner[c]):
                        return False
                return not stack and deepest <= {limit}
            """),
        ),
        reference=reference,
        inputs=lambda _: [
            (opening[0] * limit + closing[0] * limit,),
            (opening[0] * (limit + 1) + closing[0] * (limit + 1),),
            (f"a{opening[-1]}b{closing[-1]}{other[::2]}",),
            (f"{opening[-1]}b{opening[0]}{closing[-1]}",),
            (closing[0] + opening[0],),
            ("",),
        ],
    )


@TOPIC.family(known=False, take=range(2, 7), limit=range(7, 19, 2))
def interleave(p: Parameters) -> Sketch:
    take, limit = p["take"], p["limit"]

    def reference(xs: list[int], ys: list[int]) -> list[int]:
        ours, theirs, result = [*xs], [*ys], []
        while ours or theirs:
            for hand in (ours, theirs):
                result += hand[:take]
                del hand[:take]
        return result[:limit]

    def inputs(rng: random.Random) -> list[tuple[Any, ...]]:
        shapes = ((9, 9), (12, 4), (2, 15), (0, 3))
        drawn = [([rng.randint(0, 99) for _ in range(n)] for n in shape) for shape in shapes]
        return [*((xs, ys) for xs, ys in drawn), ([], [])]

    return Sketch(
        names=("interleave", "weave", "deal_in_turns"),
        arguments={"xs": ("first", "left", "ours"), "ys": ("second", "right", "theirs")},
        signature="($xs: list[int], $ys: list[int]) -> list[int]",
        wordings=(
            f"Take {take} from $xs, then {take} from $ys, in turns until both are used up; return the first {limit} taken.",
            f"Deal {take} at a time from $xs and from $ys in turns, to their ends. Return the first {limit} dealt.",
            f"Return the first {limit} numbers of $xs and $ys interleaved in pieces of {take}, beginning with $xs.",
        ),
        bodies=(
            body(f"""
                result = []
                for i in range(0, max(len($xs), len($ys)), {take}):
                    result += $xs[i:i + {take}] + $ys[i:i + {take}]
                return result[:{limit}]
            """),
            body(f"""
                result = []
                while $xs or $ys:
                    result += $xs[:{take}] + $ys[:{take}]
                    $xs, $ys = $xs[{take}:], $ys[{take}:]
                return result[:{limit}]
            """),
        ),
        reference=reference,
        inputs=inputs,
    )
