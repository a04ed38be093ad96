"""Lists as sequences: slices, chunks, order, and two lists together."""

from __future__ import annotations

from hornbook.synthesis.workbook.family import Operation, Parameters, Sketch, Topic, body, lists
from hornbook.synthesis.workbook.phrases import ordinal

TOPIC = Topic("sequences")
NUMBERS = {"xs": ("numbers", "values", "items")}
FROM_LIST = "($xs: list[int]) -> "


@TOPIC.family(start=range(6), step=range(2, 9), order=("forward", "backward"))
def every_nth(p: Parameters) -> Sketch:
    start, step = p["start"], p["step"]
    back = p["order"] == "backward"
    tail = ", in reverse order" if back else ""
    return Sketch(
        names=("take_every", "sample_list", "skip_through"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return every {ordinal(step)} element of $xs, starting at index {start}{tail}.",
            f"Start at index {start} of $xs and take steps of {step}; return the elements met{tail}.",
            f"Return the elements of $xs at index {start} and every {step} places after it{tail}.",
        ),
        bodies=(
            f"return $xs[{start}::{step}]" + ("[::-1]" if back else ""),
            body(f"""
                result = []
                for i in range({start}, len($xs), {step}):
                    result.append($xs[i])
                return result{"[::-1]" if back else ""}
            """),
        ),
        reference=lambda xs: [
            x for i, x in enumerate(xs) if i >= start and (i - start) % step == 0
        ][:: -1 if back else 1],
        inputs=lambda rng: [
            *(([rng.randint(0, 99) for _ in range(rng.randint(9, 15))],) for _ in range(4)),
            ([],),
        ],
    )


@TOPIC.family(k=range(2, 33), largest=(True, False))
def top_k(p: Parameters) -> Sketch:
    k, largest = p["k"], p["largest"]
    word = "largest" if largest else "smallest"
    order = "from large to small" if largest else "from small to large"
    reverse = ", reverse=True" if largest else ""
    return Sketch(
        names=("best_values", "extremes", "top_numbers"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return the {k} {word} numbers of $xs, {order}.",
            f"Find the {k} {word} elements of $xs and return them {order}.",
            f"Return a list of the {word} {k} of $xs, {order}.",
        ),
        bodies=(
            f"return sorted($xs{reverse})[:{k}]",
            body(f"""
                ordered = sorted($xs{reverse})
                return ordered[:{k}]
            """),
        ),
        reference=lambda xs: sorted(xs, key=lambda x: -x if largest else x)[:k],
        inputs=lambda rng: [
            *(([rng.randint(-50, 50) for _ in range(k + rng.randint(1, 4))],) for _ in range(4)),
            ([3],),
        ],
    )


@TOPIC.family(front=range(2, 12), back=range(2, 10))
def drop_ends(p: Parameters) -> Sketch:
    front, back = p["front"], p["back"]
    return Sketch(
        names=("trim_list", "cut_ends", "drop_ends"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return $xs without its first {front} and its last {back} elements.",
            f"Drop the first {front} and the last {back} elements of $xs and return the rest.",
            f"Remove {front} elements from the start of $xs and {back} from its end.",
        ),
        bodies=(
            f"return $xs[{front}:-{back}]",
            f"return $xs[{front}:][:-{back}]",
        ),
        reference=lambda xs: xs[front : max(len(xs) - back, 0)],
        inputs=lambda rng: [
            ([rng.randint(0, 99) for _ in range(front + back + extra)],) for extra in (0, 1, 3, 5)
        ],
    )


@TOPIC.family(low=range(-10, 6, 1), high=range(6, 21, 2))
def clamp_all(p: Parameters) -> Sketch:
    low, high = p["low"], p["high"]
    return Sketch(
        names=("clamp_all", "limit_values", "keep_in_range"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return $xs with numbers below {low} raised to {low} and numbers above {high} lowered to {high}.",
            f"Limit every element of $xs to the range from {low} to {high}.",
            f"Clamp each of $xs between {low} and {high} and return the new list.",
        ),
        bodies=(
            f"return [max({low}, min({high}, x)) for x in $xs]",
            body(f"""
                result = []
                for x in $xs:
                    if x < {low}:
                        x = {low}
                    if x > {high}:
                        x = {high}
                    result.append(x)
                return result
            """),
        ),
        reference=lambda xs: [low if x < low else high if x > high else x for x in xs],
        inputs=lists((low, high), 30),
    )


@TOPIC.family(size=range(2, 15), part=("sum", "max", "min", "len", "list"))
def chunks(p: Parameters) -> Sketch:
    size, part = p["size"], p["part"]
    inner = f"$xs[i:i + {size}]"
    code = inner if part == "list" else f"{part}({inner})"
    what = {
        "sum": "the sum of each part",
        "max": "the largest number of each part",
        "min": "the smallest number of each part",
        "len": "the length of each part",
        "list": "the list of parts",
    }[part]
    cuts: dict[str, Operation] = {"sum": sum, "max": max, "min": min, "len": len, "list": list}
    return Sketch(
        names=("in_parts", "chunk_list", "split_up"),
        arguments=NUMBERS,
        signature=FROM_LIST + ("list[list[int]]" if part == "list" else "list[int]"),
        wordings=(
            f"Split $xs into parts of {size} elements and return {what}.",
            f"Cut $xs into pieces of length {size}, the last maybe shorter; return {what}.",
            f"Divide $xs into parts of size {size}. Return {what}.",
        ),
        bodies=(
            f"return [{code} for i in range(0, len($xs), {size})]",
            body(f"""
                result = []
                for i in range(0, len($xs), {size}):
                    part = {inner}
                    result.append({code.replace(inner, "part")})
                return result
            """),
        ),
        reference=lambda xs: [cuts[part](xs[i : i + size]) for i in range(0, len(xs), size)],
        inputs=lambda rng: [
            *(([rng.randint(0, 30) for _ in range(size * 2 + extra)],) for extra in (0, 1, 2)),
            ([],),
        ],
    )


@TOPIC.family(known=False, window=range(2, 12), part=("sum", "max", "min"))
def sliding_window(p: Parameters) -> Sketch:
    size, part = p["window"], p["part"]
    what = {"sum": "sum", "max": "maximum", "min": "minimum"}[part]
    cuts: dict[str, Operation] = {"sum": sum, "max": max, "min": min}
    return Sketch(
        names=("sliding", "window_values", "moving"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return the {what} of every {size} neighbouring numbers in $xs.",
            f"Slide a window of {size} elements over $xs; return the {what} at each place.",
            f"Return a list with the {what} of each {size} consecutive elements of $xs.",
        ),
        bodies=(
            f"return [{part}($xs[i:i + {size}]) for i in range(len($xs) - {size - 1})]",
            body(f"""
                result = []
                for end in range({size}, len($xs) + 1):
                    result.append({part}($xs[end - {size}:end]))
                return result
            """),
        ),
        reference=lambda xs: [cuts[part](xs[i : i + size]) for i in range(len(xs) - size + 1)],
        inputs=lambda rng: [([rng.randint(0, 30) for _ in range(size + n)],) for n in (0, 1, 3, 4)],
    )


@TOPIC.family(known=False, gap=range(2, 17), absolute=(True, False))
def differences(p: Parameters) -> Sketch:
    gap, absolute = p["gap"], p["absolute"]
    inner = f"$xs[i + {gap}] - $xs[i]"
    word = "absolute difference" if absolute else "difference"
    return Sketch(
        names=("differences", "gaps", "changes"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return the {word} between each number in $xs and the one {gap} places after it.",
            f"For every element of $xs that has one {gap} places later, return the {word} to it.",
            f"Return a list with the {word} of every two elements of $xs that are {gap} places apart.",
        ),
        bodies=(
            f"return [{f'abs({inner})' if absolute else inner} for i in range(len($xs) - {gap})]",
            f"return [{'abs(b - a)' if absolute else 'b - a'} for a, b in zip($xs, $xs[{gap}:])]",
        ),
        reference=lambda xs: [
            abs(b - a) if absolute else b - a for a, b in zip(xs, xs[gap:], strict=False)
        ],
        inputs=lambda rng: [
            ([rng.randint(-20, 20) for _ in range(gap + n)],) for n in (0, 1, 3, 5)
        ],
    )


@TOPIC.family(known=False, k=range(2, 17), largest=(True, False))
def kth_distinct(p: Parameters) -> Sketch:
    k, largest = p["k"], p["largest"]
    word = "largest" if largest else "smallest"
    reverse = ", reverse=True" if largest else ""
    return Sketch(
        names=("kth_value", "ranked", "nth_distinct"),
        arguments=NUMBERS,
        signature=FROM_LIST + "int | None",
        wordings=(
            f"Return the {ordinal(k)} {word} of the distinct values in $xs, or None if there are fewer.",
            f"Ignoring repeats, find the {ordinal(k)} {word} number of $xs; return None if there is none.",
            f"Return the {ordinal(k)} {word} number in $xs, repeats counted once, or None if $xs has too few.",
        ),
        bodies=(
            body(f"""
                ordered = sorted(set($xs){reverse})
                return ordered[{k - 1}] if len(ordered) >= {k} else None
            """),
            body(f"""
                distinct = list(set($xs))
                if len(distinct) < {k}:
                    return None
                distinct.sort({"reverse=True" if largest else ""})
                return distinct[{k - 1}]
            """),
        ),
        reference=lambda xs: (
            sorted({*xs}, key=lambda x: -x if largest else x)[k - 1 : k] or [None]
        )[0],
        inputs=lambda rng: [
            *(([rng.randint(-30, 30) for _ in range(2 * k + 3)] * 2,) for _ in range(3)),
            ([5, 5],),
        ],
    )


@TOPIC.family(known=False, scale=range(2, 12), start=(5, 10, 100))
def dot_product(p: Parameters) -> Sketch:
    scale, start = p["scale"], p["start"]
    return Sketch(
        names=("weighted_total", "dot", "combine"),
        arguments={"xs": ("left", "prices", "first"), "ys": ("right", "amounts", "second")},
        signature="($xs: list[int], $ys: list[int]) -> int",
        wordings=(
            f"Multiply $xs and $ys element by element, add the products, and return {start} plus {scale} times that sum.",
            f"Return {start} + {scale} * s, where s is the sum of the products of $xs and $ys at equal places.",
            f"Return {start} plus {scale} times the dot product of $xs and $ys.",
        ),
        bodies=(
            f"return {start} + {scale} * sum(a * b for a, b in zip($xs, $ys))",
            body(f"""
                total = {start}
                for a, b in zip($xs, $ys):
                    total += {scale} * a * b
                return total
            """),
        ),
        reference=lambda xs, ys: (
            start + scale * sum(xs[i] * ys[i] for i in range(min(len(xs), len(ys))))
        ),
        inputs=lambda rng: [
            *(
                ([rng.randint(-9, 9) for _ in range(4)], [rng.randint(-9, 9) for _ in range(4)])
                for _ in range(3)
            ),
            ([], []),
        ],
    )
