"""Single numbers: digits, ranges, brackets, formulas, units."""

from __future__ import annotations

from hornbook.synthesis.workbook.family import Operation, Parameters, Sketch, Topic, body
from hornbook.synthesis.workbook.phrases import condition, counted

TOPIC = Topic("numbers")
NUMBER = {"n": ("n", "number", "value")}
FROM_NUMBER = "($n: int) -> "
DIVISORS = tuple((a, b) for a in range(2, 12) for b in range(3, 24) if b > a and b % a)
"""Pairs of which the second is no multiple of the first: both branches can be reached."""


@TOPIC.family(
    kind=("greater", "less", "at-least", "at-most", "different"),
    k=range(2, 9),
    part=("sum", "count"),
    twice=(False, True),
)
def digits_where(p: Parameters) -> Sketch:
    c, part = condition(p["kind"], p["k"]), p["part"]
    twice = p["twice"]
    item, times = "int(d)" if part == "sum" else "1", "2 * " if twice else ""
    what = "the sum of the digits" if part == "sum" else "the number of digits"
    doubled = "twice " if twice else ""

    def reference(n: int) -> int:
        chosen = [int(d) for d in str(n) if c.test(int(d))]
        return (sum(chosen) if part == "sum" else len(chosen)) * (2 if twice else 1)

    return Sketch(
        names=("digit_score", "digits_where", "check_digits"),
        arguments=NUMBER,
        signature=FROM_NUMBER + "int",
        wordings=(
            f"Return {doubled}{what} of $n that are {c.said}.",
            f"Compute {doubled}{what} of $n which are {c.said}.",
            f"Of the digits of $n take those {c.said}; return {doubled}{'their sum' if part == 'sum' else 'how many there are'}.",
        ),
        bodies=(
            f"return {times}sum({item} for d in str($n) if {c.of('int(d)')})",
            body(f"""
                total = 0
                for d in str($n):
                    if {c.of("int(d)")}:
                        total += {item}
                return {times}total
            """),
        ),
        reference=reference,
        inputs=lambda rng: [(rng.randint(10**6, 10**9),) for _ in range(4)] + [(0,), (1234567890,)],
    )


@TOPIC.family(divisors=DIVISORS, words=(("fizz", "buzz"), ("tick", "tock"), ("red", "blue")))
def divisible_words(p: Parameters) -> Sketch:
    (a, b), (first, second) = p["divisors"], p["words"]
    return Sketch(
        names=("say_number", "name_number", "word_for"),
        arguments=NUMBER,
        signature=FROM_NUMBER + "str",
        wordings=(
            f'Return "{first}" if $n is divisible by {a}, else "{second}" if it is divisible by {b}, else $n as a string.',
            f'For a multiple of {a} return "{first}", for any other multiple of {b} "{second}", else $n as text.',
            f'Return "{first}" for $n divisible by {a}, otherwise "{second}" if divisible by {b}, otherwise str($n).',
        ),
        bodies=(
            body(f"""
                if $n % {a} == 0:
                    return "{first}"
                if $n % {b} == 0:
                    return "{second}"
                return str($n)
            """),
            body(f"""
                if $n % {a} == 0:
                    return "{first}"
                elif $n % {b} == 0:
                    return "{second}"
                else:
                    return str($n)
            """),
        ),
        reference=lambda n: first if not n % a else second if not n % b else f"{n}",
        inputs=lambda _: [(a,), (b,), (a * b,), (a * 7 + 3,), (a // 2,), (b // 2,)],
    )


@TOPIC.family(
    low=range(5, 60, 5),
    high=range(60, 100, 5),
    words=(
        ("low", "middle", "high"),
        ("cold", "warm", "hot"),
        ("bad", "fair", "good"),
        ("small", "medium", "large"),
    ),
)
def bracket(p: Parameters) -> Sketch:
    low, high, (one, two, three) = p["low"], p["high"], p["words"]
    return Sketch(
        names=("classify", "grade", "bracket"),
        arguments=NUMBER,
        signature=FROM_NUMBER + "str",
        wordings=(
            f'Return "{one}" if $n is below {low}, "{two}" if it is below {high}, else "{three}".',
            f'Classify $n: under {low} is "{one}", under {high} is "{two}", anything else "{three}".',
            f'Return "{one}" for $n less than {low}, "{two}" for less than {high}, otherwise "{three}".',
        ),
        bodies=(
            body(f"""
                if $n < {low}:
                    return "{one}"
                if $n < {high}:
                    return "{two}"
                return "{three}"
            """),
            body(f"""
                if $n >= {high}:
                    return "{three}"
                if $n >= {low}:
                    return "{two}"
                return "{one}"
            """),
        ),
        reference=lambda n: (one, two, three)[(n >= low) + (n >= high)],
        inputs=lambda _: [(low - 1,), (low,), (high - 1,), (high,), (high + 9,), (-3,)],
    )


@TOPIC.family(a=range(2, 10), b=range(1, 10), form=("line", "square", "both"))
def formula(p: Parameters) -> Sketch:
    a, b, form = p["a"], p["b"], p["form"]
    code = {
        "line": f"{a} * $n + {b}",
        "square": f"{a} * $n ** 2 + {b}",
        "both": f"{a} * $n ** 2 + {b} * $n",
    }[form]
    said = {
        "line": f"{a} times $n plus {b}",
        "square": f"{a} times the square of $n plus {b}",
        "both": f"{a} times the square of $n plus {b} times $n",
    }[form]
    compute = {
        "line": lambda n: a * n + b,
        "square": lambda n: a * n * n + b,
        "both": lambda n: a * n * n + b * n,
    }[form]
    return Sketch(
        names=("formula", "evaluate", "compute"),
        arguments=NUMBER,
        signature=FROM_NUMBER + "int",
        wordings=(f"Return {said}.", f"Compute {said}.", f"Evaluate {said} and return the result."),
        bodies=(f"return {code}", f"result = {code}\nreturn result"),
        reference=compute,
        inputs=lambda rng: [(0,), (1,), (-3,), (rng.randint(2, 50),), (rng.randint(51, 99),)],
    )


@TOPIC.family(k=range(2, 25), first=(0, 1), part=("sum", "count", "list"))
def multiples(p: Parameters) -> Sketch:
    k, first, part = p["k"], p["first"], p["part"]
    stop = "$n + 1" if first else "$n"
    until = "up to and including $n" if first else "below $n"
    inner = f"range({k}, {stop}, {k})"
    code = {"sum": f"sum({inner})", "count": f"len({inner})", "list": f"list({inner})"}[part]
    said = {"sum": "the sum of all", "count": "the number of", "list": "a list of all"}[part]
    short = {"sum": "their sum", "count": "how many there are", "list": "a list of them"}[part]
    finish: dict[str, Operation] = {"sum": sum, "count": len, "list": list}
    return Sketch(
        names=("multiples", "steps_to", "count_up"),
        arguments=NUMBER,
        signature=FROM_NUMBER + ("list[int]" if part == "list" else "int"),
        wordings=(
            f"Return {said} positive multiples of {k} {until}.",
            f"Compute {said} multiples of {k}, from {k} on, {until}.",
            f"Take the positive multiples of {k} {until} and return {short}.",
        ),
        bodies=(f"return {code}", f"found = {inner}\nreturn {code.replace(inner, 'found')}"),
        reference=lambda n: finish[part]([x for x in range(1, n + first) if x % k == 0]),
        inputs=lambda rng: [(k,), (k * 3,), (k * 3 + 1,), (0,), (rng.randint(50, 120),)],
    )


@TOPIC.family(factor=range(2, 61), digits=(1, 2), way=("times", "over"))
def convert_units(p: Parameters) -> Sketch:
    factor, digits, way = p["factor"], p["digits"], p["way"]
    sign = "*" if way == "times" else "/"
    said = "multiplied by" if way == "times" else "divided by"
    return Sketch(
        names=("convert", "to_units", "scale_amount"),
        arguments={"n": ("amount", "length", "price")},
        signature="($n: float) -> float",
        wordings=(
            f"Return $n {said} {factor}, rounded to {counted(digits, 'decimal place')}.",
            f"Convert $n: it is {said} {factor} and rounded to {counted(digits, 'decimal')}.",
            f"Compute $n {said} {factor} and round it to {counted(digits, 'decimal')}.",
        ),
        bodies=(
            f"return round($n {sign} {factor}, {digits})",
            f"result = $n {sign} {factor}\nreturn round(result, {digits})",
        ),
        reference=lambda n: float(f"{n * factor if way == 'times' else n / factor:.{digits}f}"),
        inputs=lambda rng: [(1.37,), (0.0,), (10.01,), (round(rng.uniform(1, 90), 3) + 0.0004,)],
    )


@TOPIC.family(limit=range(20, 200, 6), by=(2, 3, 4, 5))
def growth_steps(p: Parameters) -> Sketch:
    limit, by = p["limit"], p["by"]

    def reference(n: int) -> int:
        return next(steps for steps in range(200) if n * by**steps > limit)

    return Sketch(
        names=("steps_until", "growth_steps", "rounds_needed"),
        arguments=NUMBER,
        signature=FROM_NUMBER + "int",
        wordings=(
            f"Return how often the positive $n must be multiplied by {by} to become greater than {limit}.",
            f"Count how many times $n is multiplied by {by} until it exceeds {limit}.",
            f"Multiply $n by {by} again and again; return the steps until it is above {limit}.",
        ),
        bodies=(
            body(f"""
                steps = 0
                while $n <= {limit}:
                    $n *= {by}
                    steps += 1
                return steps
            """),
            body(f"""
                steps = 0
                while $n * {by} ** steps <= {limit}:
                    steps += 1
                return steps
            """),
        ),
        reference=reference,
        inputs=lambda rng: [(1,), (limit,), (limit + 1,), (limit // by,), (rng.randint(2, 9),)],
    )
