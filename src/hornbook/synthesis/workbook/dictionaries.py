"""Dictionaries and pairs: select, change, price, group."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hornbook.synthesis.workbook.family import Operation, Parameters, Sketch, Topic, body, words
from hornbook.synthesis.workbook.phrases import CONSTANTS, ORDER, condition, mapping, pick

TOPIC = Topic("dictionaries")
TABLE = {"d": ("scores", "stock", "table")}
FROM_TABLE = "($d: dict[str, int]) -> "


def tables(
    near: tuple[int, ...] = (), spread: int = 30
) -> Callable[[random.Random], list[tuple[Any, ...]]]:
    """Inputs for a function of one dictionary from words to numbers."""

    def make(rng: random.Random) -> list[tuple[Any, ...]]:
        made: list[tuple[Any, ...]] = []
        for _ in range(4):
            values = [rng.randint(0, spread) for _ in range(3)]
            values += [v + rng.choice((-1, 0, 1)) for v in near] + list(near)
            made.append((dict(zip(words(rng, len(values)), values, strict=True)),))
        return [*made, ({},)]

    return make


@TOPIC.family(kind=ORDER, k=CONSTANTS, part=("keys", "count", "dict"))
def entries_where(p: Parameters) -> Sketch:
    c, part = condition(p["kind"], p["k"]), p["part"]
    test = f"for k, v in $d.items() if {c.of('v')}"
    code = {"keys": f"sorted(k {test})", "count": f"sum(1 {test})", "dict": "{k: v " + test + "}"}[
        part
    ]
    said = {
        "keys": "the sorted list of the keys of $d whose value is",
        "count": "the number of keys of $d whose value is",
        "dict": "a dictionary of the entries of $d whose value is",
    }[part]
    kind = {"keys": "list[str]", "count": "int", "dict": "dict[str, int]"}[part]
    loop = {
        "keys": ("[]", "found.append(k)", "sorted(found)"),
        "count": ("[]", "found.append(k)", "len(found)"),
        "dict": ("{}", "found[k] = v", "found"),
    }[part]

    def reference(d: dict[str, int]) -> object:
        hits = [k for k in d if c.test(d[k])]
        return {"keys": sorted(hits), "count": len(hits), "dict": {k: d[k] for k in hits}}[part]

    return Sketch(
        names=("select_entries", "entries_where", "look_up_all"),
        arguments=TABLE,
        signature=FROM_TABLE + kind,
        wordings=(
            f"Return {said} {c.said}.",
            f"Look through $d and return {said.replace(' of $d', '')} {c.said}.",
            f"Give back {said} {c.said}.",
        ),
        bodies=(
            f"return {code}",
            body(f"""
                found = {loop[0]}
                for k, v in $d.items():
                    if {c.of("v")}:
                        {loop[1]}
                return {loop[2]}
            """),
        ),
        reference=reference,
        inputs=tables(c.near),
    )


@TOPIC.family(
    change=("times", "plus", "minus", "from"), by=pick(CONSTANTS, 2), above=(None, 5, 10, 15)
)
def change_values(p: Parameters) -> Sketch:
    m, c = mapping(p["change"], p["by"]), condition("greater", p["above"] or 0)
    everywhere = p["above"] is None
    code = m.of("v") if everywhere else f"{m.of('v')} if {c.of('v')} else v"
    which = f"every value {m.said}" if everywhere else f"each value that is {c.said} {m.said}"
    return Sketch(
        names=("change_values", "update_table", "adjust"),
        arguments=TABLE,
        signature=FROM_TABLE + "dict[str, int]",
        wordings=(
            f"Return a new dictionary like $d with {which}.",
            f"Return a copy of $d in which {which.replace(m.said, 'is ' + m.said)}.",
            f"Build a dictionary with the keys of $d and {which}.",
        ),
        bodies=(
            f"return {{k: {code} for k, v in $d.items()}}",
            body(f"""
                result = {{}}
                for k, v in $d.items():
                    result[k] = {code}
                return result
            """),
        ),
        reference=lambda d: {k: m.apply(d[k]) if everywhere or c.test(d[k]) else d[k] for k in d},
        inputs=tables((p["above"] or 0,)),
    )


@TOPIC.family(percent=range(5, 60, 5), limit=range(20, 201, 20))
def discount(p: Parameters) -> Sketch:
    percent, limit = p["percent"], p["limit"]
    return Sketch(
        names=("total_price", "bill", "amount_due"),
        arguments={"d": ("prices", "basket", "cart")},
        signature="($d: dict[str, int]) -> float",
        wordings=(
            f"Return the sum of all prices in $d, {percent} percent less if the sum is above {limit}, rounded to 2 decimals.",
            f"Add up the values of $d; above {limit} take off {percent} percent. Round to 2 decimals.",
            f"Return the total of $d with a discount of {percent} percent for totals above {limit}, rounded to 2 decimals.",
        ),
        bodies=(
            body(f"""
                total = sum($d.values())
                if total > {limit}:
                    total = total * (100 - {percent}) / 100
                return round(total, 2)
            """),
            body(f"""
                total = 0
                for price in $d.values():
                    total += price
                if total > {limit}:
                    total = total * (100 - {percent}) / 100
                return round(total, 2)
            """),
        ),
        reference=lambda d: round(
            sum(d.values()) - (sum(d.values()) * percent / 100 if sum(d.values()) > limit else 0), 2
        ),
        inputs=lambda rng: [
            ({"tea": limit},),
            ({"tea": limit, "cup": 1},),
            ({w: rng.randint(10, limit) for w in words(rng, 3)},),
            ({},),
        ],
    )


@TOPIC.family(kind=ORDER, k=pick(CONSTANTS, 2), order=("name", "number"))
def names_of_pairs(p: Parameters) -> Sketch:
    c, order = condition(p["kind"], p["k"]), p["order"]
    chosen = f"[a for a, b in $ps if {c.of('b')}]"
    code = f"sorted({chosen})" if order == "name" else chosen
    tail = "in alphabetical order" if order == "name" else "in the given order"
    return Sketch(
        names=("names_where", "qualified", "pick_names"),
        arguments={"ps": ("entries", "results", "players")},
        signature="($ps: list[tuple[str, int]]) -> list[str]",
        wordings=(
            f"Each pair in $ps is a name and a number. Return the names whose number is {c.said}, {tail}.",
            f"Return the names from $ps, pairs of name and number, with a number {c.said}, {tail}.",
            f"From the (name, number) pairs $ps return all names with a number {c.said}, {tail}.",
        ),
        bodies=(
            f"return {code}",
            body(f"""
                names = []
                for a, b in $ps:
                    if {c.of("b")}:
                        names.append(a)
                return {"sorted(names)" if order == "name" else "names"}
            """),
        ),
        reference=lambda ps: (sorted if order == "name" else list)(
            pair[0] for pair in ps if c.test(pair[1])
        ),
        inputs=lambda rng: [
            *(
                (
                    list(
                        zip(
                            words(rng, 4),
                            [p["k"], p["k"] + 1, p["k"] - 1, rng.randint(0, 40)],
                            strict=True,
                        )
                    ),
                )
                for _ in range(3)
            ),
            ([],),
        ],
    )


@TOPIC.family(known=False, minimum=range(2, 9), key=("first", "last", "length", "second"))
def group_words(p: Parameters) -> Sketch:
    minimum, key = p["minimum"], p["key"]
    code = {"first": "w[0]", "last": "w[-1]", "length": "len(w)", "second": "w[1]"}[key]
    said = {
        "first": "first letter",
        "last": "last letter",
        "length": "length",
        "second": "second letter",
    }[key]
    pick_key: dict[str, Operation] = {
        "first": lambda w: w[0],
        "last": lambda w: w[len(w) - 1],
        "length": len,
        "second": lambda w: w[1],
    }

    def reference(ws: list[str]) -> dict[object, int]:
        keys = [pick_key[key](w) for w in ws]
        return {k: keys.count(k) for k in dict.fromkeys(keys) if keys.count(k) >= minimum}

    return Sketch(
        names=("group_sizes", "count_groups", "tally"),
        arguments={"ws": ("words", "names")},
        signature="($ws: list[str]) -> dict",
        wordings=(
            f"Count the strings in $ws by their {said}; return a dictionary of the counts that are at least {minimum}.",
            f"Return a dictionary from each {said} to the number of strings in $ws that have it, where that number is at least {minimum}.",
            f"Tally $ws by {said} and keep only the counts of {minimum} and more.",
        ),
        bodies=(
            body(f"""
                counts = {{}}
                for w in $ws:
                    counts[{code}] = counts.get({code}, 0) + 1
                return {{k: n for k, n in counts.items() if n >= {minimum}}}
            """),
            body(f"""
                keys = [{code} for w in $ws]
                return {{k: keys.count(k) for k in set(keys) if keys.count(k) >= {minimum}}}
            """),
        ),
        reference=reference,
        inputs=lambda rng: [
            (["ab"] * minimum + ["cdb"] * (minimum - 1) + ["bca"],),
            (["map"] * (minimum + 1) + ["cup"] * minimum + ["ice"] * (minimum - 1),),
            (words(rng, 8) * 2 + words(rng, 4),),
            (words(rng, 6) * minimum,),
            ([],),
        ],
    )


@TOPIC.family(known=False, k=range(2, 17), order=("largest", "smallest"))
def rank_keys(p: Parameters) -> Sketch:
    k, order = p["k"], p["order"]
    sign = "-" if order == "largest" else ""
    return Sketch(
        names=("rank_keys", "leaders", "best_keys"),
        arguments=TABLE,
        signature=FROM_TABLE + "list[str]",
        wordings=(
            f"Return the keys of the {k} {order} values in $d, ties in alphabetical order.",
            f"Sort the keys of $d by value, {order} first, then by name, and return the first {k}.",
            f"Return the {k} keys of $d with the {order} values in this order; equal values go by name.",
        ),
        bodies=(
            f"return sorted($d, key=lambda key: ({sign}$d[key], key))[:{k}]",
            body(f"""
                ordered = sorted(({sign}value, key) for key, value in $d.items())
                return [key for _, key in ordered[:{k}]]
            """),
        ),
        reference=lambda d: [
            key for _, key in sorted((-v if order == "largest" else v, key) for key, v in d.items())
        ][:k],
        inputs=lambda rng: [
            *(({w: rng.randint(0, 9) for w in words(rng, k + 3)},) for _ in range(3)),
            ({},),
        ],
    )
