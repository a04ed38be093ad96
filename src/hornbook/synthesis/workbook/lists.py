"""Lists of numbers: filter, map, reduce, search."""

from __future__ import annotations

from hornbook.synthesis.workbook.family import Parameters, Sketch, Topic, body, integers, lists
from hornbook.synthesis.workbook.phrases import (
    CONSTANTS,
    KINDS,
    MAPPINGS,
    ORDER,
    condition,
    mapping,
    pick,
)

TOPIC = Topic("lists")
NUMBERS = {"xs": ("numbers", "values", "items")}
FROM_LIST = "($xs: list[int]) -> "


@TOPIC.family(kind=KINDS, k=CONSTANTS)
def sum_where(p: Parameters) -> Sketch:
    c = condition(p["kind"], p["k"])
    return Sketch(
        names=("sum_matching", "total_of_selected", "add_chosen"),
        arguments=NUMBERS,
        signature=FROM_LIST + "int",
        wordings=(
            f"Return the sum of the numbers in $xs that are {c.said}.",
            f"Add up all elements of $xs that are {c.said} and return the total.",
            f"Compute the sum of those $xs which are {c.said}.",
        ),
        bodies=(
            f"return sum(x for x in $xs if {c.of('x')})",
            body(f"""
                total = 0
                for x in $xs:
                    if {c.of("x")}:
                        total += x
                return total
            """),
        ),
        reference=lambda xs: sum(filter(c.test, xs)),
        inputs=lists(c.near),
    )


@TOPIC.family(kind=KINDS, k=CONSTANTS)
def count_where(p: Parameters) -> Sketch:
    c = condition(p["kind"], p["k"])
    return Sketch(
        names=("count_matching", "how_many", "number_of_hits"),
        arguments=NUMBERS,
        signature=FROM_LIST + "int",
        wordings=(
            f"Count the numbers in $xs that are {c.said}.",
            f"Return how many elements of $xs are {c.said}.",
            f"Return the number of $xs which are {c.said}.",
        ),
        bodies=(
            f"return sum(1 for x in $xs if {c.of('x')})",
            body(f"""
                count = 0
                for x in $xs:
                    if {c.of("x")}:
                        count += 1
                return count
            """),
        ),
        reference=lambda xs: len([x for x in xs if c.test(x)]),
        inputs=lists(c.near),
    )


@TOPIC.family(kind=KINDS, k=CONSTANTS)
def keep_where(p: Parameters) -> Sketch:
    c = condition(p["kind"], p["k"])
    return Sketch(
        names=("keep_matching", "select_numbers", "filter_values"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return a list of the numbers in $xs that are {c.said}, in the same order.",
            f"Keep only the elements of $xs that are {c.said}, and return them.",
            f"Return those $xs which are {c.said}.",
        ),
        bodies=(
            f"return [x for x in $xs if {c.of('x')}]",
            body(f"""
                kept = []
                for x in $xs:
                    if {c.of("x")}:
                        kept.append(x)
                return kept
            """),
        ),
        reference=lambda xs: list(filter(c.test, xs)),
        inputs=lists(c.near),
    )


@TOPIC.family(kind=ORDER, k=pick(CONSTANTS, 4), change=MAPPINGS, by=(2, 3, 4, 5, 7, 10))
def map_where(p: Parameters) -> Sketch:
    c, m = condition(p["kind"], p["k"]), mapping(p["change"], p["by"])
    return Sketch(
        names=("change_matching", "transform_selected", "convert_chosen"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return a list of the numbers in $xs that are {c.said}, each {m.said}.",
            f"Take the elements of $xs that are {c.said} and return them {m.said}.",
            f"Return those $xs which are {c.said}, each one {m.said}.",
        ),
        bodies=(
            f"return [{m.of('x')} for x in $xs if {c.of('x')}]",
            body(f"""
                result = []
                for x in $xs:
                    if {c.of("x")}:
                        result.append({m.of("x")})
                return result
            """),
        ),
        reference=lambda xs: [m.apply(x) for x in filter(c.test, xs)],
        inputs=lists(c.near),
    )


@TOPIC.family(
    change=(*MAPPINGS, "power"), by=range(2, 10), order=("increasing", "decreasing", "same")
)
def map_all(p: Parameters) -> Sketch:
    m, order = mapping(p["change"], p["by"]), p["order"]
    inner = f"[{m.of('x')} for x in $xs]"
    code = {
        "same": inner,
        "increasing": f"sorted({inner})",
        "decreasing": f"sorted({inner}, reverse=True)",
    }[order]
    tail = "in the same order" if order == "same" else f"in {order} order"

    def reference(xs: list[int]) -> list[int]:
        changed = list(map(m.apply, xs))
        return changed if order == "same" else sorted(changed, reverse=order == "decreasing")

    return Sketch(
        names=("change_all", "transform_each", "apply_to_all"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return all numbers in $xs, each {m.said}, {tail}.",
            f"Return a list of the elements of $xs {m.said}, {tail}.",
            f"Take each number in $xs {m.said} and return the results {tail}.",
        ),
        bodies=(
            f"return {code}",
            body(f"""
                result = [{m.of("x")} for x in $xs]
                return {code.replace(inner, "result")}
            """),
        ),
        reference=reference,
        inputs=lists(spread=12),
    )


@TOPIC.family(kind=KINDS, k=pick(CONSTANTS, 3), default=(-1, 0, 1, 99))
def first_where(p: Parameters) -> Sketch:
    k, default = p["k"], p["default"]
    c = condition(p["kind"], k)
    return Sketch(
        names=("first_matching", "find_first", "first_hit"),
        arguments=NUMBERS,
        signature=FROM_LIST + "int",
        wordings=(
            f"Return the first number in $xs that is {c.said}, or {default} if there is none.",
            f"Find the first element of $xs that is {c.said}; return {default} if none is.",
            f"Return the first of $xs which is {c.said}, else {default}.",
        ),
        bodies=(
            body(f"""
                for x in $xs:
                    if {c.of("x")}:
                        return x
                return {default}
            """),
            f"return next((x for x in $xs if {c.of('x')}), {default})",
        ),
        reference=lambda xs: ([x for x in xs if c.test(x)] or [default])[0],
        inputs=lambda rng: [
            ([k + 1, k],),
            ([k - 1, k],),
            ([k, 2 * k, k - 1],),
            ([k, k + 1],),
            (integers(rng, c.near),),
            ([],),
        ],
    )


@TOPIC.family(kind=KINDS, k=pick(CONSTANTS, 3), value=(-1, 0, 1, 5, 100))
def replace_where(p: Parameters) -> Sketch:
    c, value = condition(p["kind"], p["k"]), p["value"]
    return Sketch(
        names=("replace_matching", "overwrite_selected", "substitute"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return a copy of $xs in which every number that is {c.said} is replaced by {value}.",
            f"Replace each element of $xs that is {c.said} by {value} and return the new list.",
            f"Return $xs with {value} in place of every number that is {c.said}.",
        ),
        bodies=(
            f"return [{value} if {c.of('x')} else x for x in $xs]",
            body(f"""
                result = []
                for x in $xs:
                    if {c.of("x")}:
                        result.append({value})
                    else:
                        result.append(x)
                return result
            """),
        ),
        reference=lambda xs: [value if c.test(x) else x for x in xs],
        inputs=lists(c.near),
    )


@TOPIC.family(kind=KINDS, k=CONSTANTS, how=("all", "any"))
def check_where(p: Parameters) -> Sketch:
    c, how = condition(p["kind"], p["k"]), p["how"]
    word = {"all": "every number", "any": "at least one number"}[how]
    found, other = ("False", "True") if how == "all" else ("True", "False")
    test = f"not {c.of('x')}" if how == "all" else c.of("x")
    near = [c.near[0]]
    return Sketch(
        names=("check_numbers", "test_values", "holds"),
        arguments=NUMBERS,
        signature=FROM_LIST + "bool",
        wordings=(
            f"Return True if {word} in $xs is {c.said}.",
            f"Check whether {word} of $xs is {c.said}.",
            f"Tell if {word} in $xs is {c.said}; return a boolean.",
        ),
        bodies=(
            f"return {how}({c.of('x')} for x in $xs)",
            body(f"""
                for x in $xs:
                    if {test}:
                        return {found}
                return {other}
            """),
        ),
        reference=lambda xs: (all if how == "all" else any)(map(c.test, xs)),
        inputs=lambda rng: [
            ([x for x in integers(rng, c.near) if not c.test(x)],),
            ([near[0] + 2, near[0] + 2],),
            (near,),
            ([near[0] + 1],),
            ([near[0] - 1],),
            ([],),
        ],
    )


@TOPIC.family(kind=KINDS, k=CONSTANTS)
def positions_where(p: Parameters) -> Sketch:
    c = condition(p["kind"], p["k"])
    return Sketch(
        names=("positions", "find_indices", "where_matching"),
        arguments=NUMBERS,
        signature=FROM_LIST + "list[int]",
        wordings=(
            f"Return the indices of the numbers in $xs that are {c.said}.",
            f"Return a list of the positions at which $xs holds a number that is {c.said}.",
            f"Find all indices of $xs where the element is {c.said}.",
        ),
        bodies=(
            f"return [i for i, x in enumerate($xs) if {c.of('x')}]",
            body(f"""
                found = []
                for i in range(len($xs)):
                    if {c.of("$xs[i]")}:
                        found.append(i)
                return found
            """),
        ),
        reference=lambda xs: [i for i in range(len(xs)) if c.test(xs[i])],
        inputs=lists(c.near),
    )
