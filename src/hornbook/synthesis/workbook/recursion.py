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
        total = int(base)
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
    yearly = f"({change})" if fee else change
    return Sketch(
        names=("savings", "balance_after", "account"),
        arguments={"n": ("balance", "money", "amount")},
        signature="($n: int) -> list[int]",
        wordings=(
            f"An account starts with $n and each year gains {deposit}{tail}. Return the balances after each of {years} years.",
            f"Starting from $n, every year adds {deposit}{tail}; return the list of the {years} yearly balances.",
            f"Return the balances at the end of each of {years} years, when $n is there at first and every year gains {deposit}{tail}.",
        ),
        bodies=(
            body(f"""
                result = []
                for year in range({years}):
                    $n += {change}
                    result.append($n)
                return result
            """),
            f"return [$n + {yearly} * (year + 1) for year in range({years})]",
        ),
        reference=lambda n: [n + (deposit - fee) * y for y in range(1, years + 1)],
        inputs=lambda rng: [(0,), (-deposit,), (rng.randint(1, 500),), (1000,)],
    )
