"""Functions that call themselves, and small simulations."""

from __future__ import annotations

from hornbook.synthesis.workbook.family import Parameters, Sketch, Topic, body

TOPIC = Topic("recursion")
NUMBER = {"n": ("n", "start", "level")}


@TOPIC.family(factor=range(1, 8), step=range(1, 6), base=range(0, 6))
def recursive_sum(p: Parameters) -> Sketch:
    factor, step, base = p["factor"], p["step"], p["base"]
    term = f"{factor} * $n" if factor > 1 else "$n"
    said = f"{factor} * $n" if factor > 1 else "$n"

    def reference(n: int) -> int:
        total = base
        while n > 0:
            total += factor * n
            n -= step
        return total

    return Sketch(
        names=("series", "recursive_sum", "add_down"),
        arguments=NUMBER,
        signature="($n: int) -> int",
        wordings=(
            f"Return {base} if $n is not positive, else {said} plus the result for $n - {step}. Use recursion.",
            f"Recursively add {said} and the result for $n - {step}; for $n <= 0 the result is {base}.",
            f"Compute recursively: {base} when $n <= 0, otherwise {said} plus the value for $n - {step}.",
        ),
        bodies=(
            body(f"""
                if $n <= 0:
                    return {base}
                return {term} + $f($n - {step})
            """),
            f"return {base} if $n <= 0 else {term} + $f($n - {step})",
        ),
        reference=reference,
        inputs=lambda rng: [(0,), (1,), (-4,), (rng.randint(5, 20),), (rng.randint(21, 60),)],
    )


@TOPIC.family(step=range(1, 10), stop=range(0, 25, 2))
def countdown(p: Parameters) -> Sketch:
    step, stop = p["step"], p["stop"]
    return Sketch(
        names=("countdown", "going_down", "descend"),
        arguments=NUMBER,
        signature="($n: int) -> list[int]",
        wordings=(
            f"Return the list of $n, $n - {step}, $n - {2 * step} and so on while the numbers are at least {stop}. Use recursion.",
            f"Recursively count down from $n in steps of {step} and stop below {stop}; return the numbers.",
            f"List the numbers from $n down to {stop} in steps of {step}, using recursion.",
        ),
        bodies=(
            body(f"""
                if $n < {stop}:
                    return []
                return [$n] + $f($n - {step})
            """),
            f"return [] if $n < {stop} else [$n] + $f($n - {step})",
        ),
        reference=lambda n: list(range(n, stop - 1, -step)),
        inputs=lambda rng: [(stop,), (stop - 1,), (stop + step,), (stop + rng.randint(10, 40),)],
    )


@TOPIC.family(deposit=range(10, 100, 10), years=range(2, 12), fee=(0, 1, 2, 5))
def savings(p: Parameters) -> Sketch:
    deposit, years, fee = p["deposit"], p["years"], p["fee"]
    tail = f" and pays a fee of {fee}" if fee else ""
    change = f"{deposit} - {fee}" if fee else f"{deposit}"
    return Sketch(
        names=("savings", "balance_after", "account"),
        arguments={"n": ("balance", "money", "amount")},
        signature="($n: int) -> list[int]",
        wordings=(
            f"An account starts with $n and each year gains {deposit}{tail}. Return the balances after each of {years} years.",
            f"Starting from $n, every year adds {deposit}{tail}; return the list of the {years} yearly balances.",
            f"Return the balances of {years} years of an account with $n that each year gains {deposit}{tail}.",
        ),
        bodies=(
            body(f"""
                result = []
                for year in range({years}):
                    $n += {change}
                    result.append($n)
                return result
            """),
            f"return [$n + ({change}) * (year + 1) for year in range({years})]",
        ),
        reference=lambda n: [n + (deposit - fee) * y for y in range(1, years + 1)],
        inputs=lambda rng: [(0,), (-deposit,), (rng.randint(1, 500),)],
    )


@TOPIC.family(
    known=False,
    pairs=("()", "[]", "{}", "<>", "()[]", "()<>", "[]{}", "(){}", "[]<>", "{}<>"),
    limit=range(1, 6),
)
def balanced(p: Parameters) -> Sketch:
    pairs, limit = p["pairs"], p["limit"]
    opening, closing = pairs[::2], pairs[1::2]

    def reference(s: str) -> bool:
        stack: list[str] = []
        for c in s:
            if c in opening:
                stack.append(closing[opening.index(c)])
                if len(stack) > limit:
                    return False
            elif c in closing and (not stack or stack.pop() != c):
                return False
        return not stack

    return Sketch(
        names=("is_balanced", "check_brackets", "well_nested"),
        arguments={"s": ("text", "code")},
        signature="($s: str) -> bool",
        wordings=(
            f'Check that the brackets "{pairs}" in $s are balanced and never more than {limit} deep; other characters don\'t count.',
        ),
        bodies=(
            body(f"""
                stack = []
                for c in $s:
                    if c in "{opening}":
                        stack.append(c)
                        if len(stack) > {limit}:
                            return False
                    elif c in "{closing}":
                        if not stack or stack.pop() + c not in {[pairs[i : i + 2] for i in range(0, len(pairs), 2)]!r}:
                            return False
                return not stack
            """),
        ),
        reference=reference,
        inputs=lambda _: [
            ("",),
            (opening[0] * limit + closing[0] * limit,),
            (opening[0] * (limit + 1) + closing[0] * (limit + 1),),
            (closing[0] + opening[0],),
            (f"a{opening[-1]}b{closing[-1]}c{opening[0]}",),
        ],
    )


@TOPIC.family(known=False, take=range(1, 6), limit=range(3, 15, 2))
def interleave(p: Parameters) -> Sketch:
    take, limit = p["take"], p["limit"]

    def reference(xs: list[int], ys: list[int]) -> list[int]:
        result: list[int] = []
        i = 0
        while i < max(len(xs), len(ys)):
            result += xs[i : i + take] + ys[i : i + take]
            i += take
        return result[:limit]

    return Sketch(
        names=("interleave", "weave", "alternate"),
        arguments={"xs": ("first", "left"), "ys": ("second", "right")},
        signature="($xs: list[int], $ys: list[int]) -> list[int]",
        wordings=(
            f"Take {take} elements from $xs, then {take} from $ys, and so on until both are used up; return the first {limit} of the result.",
        ),
        bodies=(
            body(f"""
                result = []
                for i in range(0, max(len($xs), len($ys)), {take}):
                    result += $xs[i:i + {take}] + $ys[i:i + {take}]
                return result[:{limit}]
            """),
        ),
        reference=reference,
        inputs=lambda rng: [
            *(
                ([rng.randint(0, 9) for _ in range(a)], [rng.randint(0, 9) for _ in range(b)])
                for a, b in ((5, 5), (8, 2), (0, 3))
            ),
            ([], []),
        ],
    )
