"""Grids: lists of rows."""

from __future__ import annotations

import random
from typing import Any

from hornbook.synthesis.workbook.family import Operation, Parameters, Sketch, Topic, body
from hornbook.synthesis.workbook.phrases import CONSTANTS, KINDS, condition, mapping, pick

TOPIC = Topic("grids")
GRID = {"g": ("grid", "matrix", "rows")}
FROM_GRID = "($g: list[list[int]]) -> "


def grid(rng: random.Random, rows: int, columns: int) -> list[list[int]]:
    return [[rng.randint(-9, 24) for _ in range(columns)] for _ in range(rows)]


def grids(rng: random.Random, near: tuple[int, ...] = ()) -> list[tuple[Any, ...]]:
    """Grids of several shapes; those with room hold `near` and its neighbours, in any place."""
    made = [grid(rng, *shape) for shape in ((2, 3), (3, 2), (3, 3), (1, 1))]
    for one in made[:3] if near else ():
        columns = len(one[0])
        places = rng.sample(range(len(one) * columns), 2 * len(near))
        values = [value for v in near for value in (v, v + rng.choice((-1, 1)))]
        for place, value in zip(places, values, strict=True):
            one[place // columns][place % columns] = value
    return [*((one,) for one in made), ([],)]


@TOPIC.family(kind=KINDS, k=CONSTANTS, part=("count", "sum"))
def cells_where(p: Parameters) -> Sketch:
    c, part = condition(p["kind"], p["k"]), p["part"]
    item = "1" if part == "count" else "x"
    said = "the number of cells" if part == "count" else "the sum of all cells"
    return Sketch(
        names=("cells_where", "scan_grid", "grid_total"),
        arguments=GRID,
        signature=FROM_GRID + "int",
        wordings=(
            f"Return {said} of $g that are {c.said}.",
            f"Look at every row of $g and return {said} that are {c.said}.",
            f"Compute {said} in $g which are {c.said}.",
        ),
        bodies=(
            f"return sum({item} for row in $g for x in row if {c.of('x')})",
            body(f"""
                total = 0
                for row in $g:
                    for x in row:
                        if {c.of("x")}:
                            total += {item}
                return total
            """),
        ),
        reference=lambda g: (len if part == "count" else sum)(
            [x for row in g for x in filter(c.test, row)]
        ),
        inputs=lambda rng: grids(rng, c.near),
    )


@TOPIC.family(
    change=("times", "plus", "minus", "from"),
    by=pick(CONSTANTS, 2),
    turned=("no", "rows", "columns"),
)
def change_grid(p: Parameters) -> Sketch:
    m, turned = mapping(p["change"], p["by"]), p["turned"]
    rows = {"no": "$g", "rows": "$g[::-1]", "columns": "$g"}[turned]
    line = "row[::-1]" if turned == "columns" else "row"
    tail = {
        "no": "",
        "rows": ", with the rows in reverse order",
        "columns": ", with every row reversed",
    }[turned]

    def reference(g: list[list[int]]) -> list[list[int]]:
        changed = [[m.apply(x) for x in row] for row in g]
        if turned == "rows":
            changed.reverse()
        return [list(reversed(row)) for row in changed] if turned == "columns" else changed

    return Sketch(
        names=("change_grid", "scale_grid", "new_grid"),
        arguments=GRID,
        signature=FROM_GRID + "list[list[int]]",
        wordings=(
            f"Return a grid like $g with every cell {m.said}{tail}.",
            f"Return a copy of $g, each cell {m.said}{tail}.",
            f"Build a new grid from $g with all cells {m.said}{tail}.",
        ),
        bodies=(
            f"return [[{m.of('x')} for x in {line}] for row in {rows}]",
            body(f"""
                result = []
                for row in {rows}:
                    result.append([{m.of("x")} for x in {line}])
                return result
            """),
        ),
        reference=reference,
        inputs=lambda rng: grids(rng),
    )


@TOPIC.family(
    index=range(0, 9),
    part=("sum", "max", "min", "list"),
    plus=(0, 1, 5, 10),
    line=("column", "row"),
)
def grid_line(p: Parameters) -> Sketch:
    index, part, plus, line = p["index"], p["part"], p["plus"], p["line"]
    inner = f"[row[{index}] for row in $g]" if line == "column" else f"$g[{index}]"
    code = inner if part == "list" else f"{part}({inner})"
    tail = "" if not plus else (f" with {plus} at its end" if part == "list" else f" plus {plus}")
    ending = "" if not plus else (f" + [{plus}]" if part == "list" else f" + {plus}")
    said = {
        "sum": "the sum",
        "max": "the largest number",
        "min": "the smallest number",
        "list": "a list of the cells",
    }[part]
    finish: dict[str, Operation] = {"sum": sum, "max": max, "min": min, "list": list}

    def reference(g: list[list[int]]) -> object:
        cells = [g[r][index] for r in range(len(g))] if line == "column" else list(g[index])
        value: Any = finish[part](cells)
        if plus:
            value = [*value, plus] if part == "list" else value + plus
        return value

    return Sketch(
        names=("grid_line", "read_line", "line_value"),
        arguments=GRID,
        signature=FROM_GRID + ("list[int]" if part == "list" else "int"),
        wordings=(
            f"Return {said} of the {line} of $g with index {index}{tail}.",
            f"Take the {line} at index {index} of $g and return {said} of it{tail}.",
            f"For the {line} with index {index} in $g return {said}{tail}.",
        ),
        bodies=(
            f"return {code}{ending}",
            f"line = {inner}\nreturn {code.replace(inner, 'line')}{ending}",
        ),
        reference=reference,
        inputs=lambda rng: [
            (grid(rng, index + 1 + extra, index + 1 + extra),) for extra in (0, 1, 1, 2)
        ],
    )


@TOPIC.family(known=False, turns=("right", "left", "half", "transpose"), pad=range(0, 8))
def turn_grid(p: Parameters) -> Sketch:
    turns, pad = p["turns"], p["pad"]
    said = {
        "right": "turned a quarter to the right",
        "left": "turned a quarter to the left",
        "half": "turned by half a circle",
        "transpose": "with rows and columns exchanged",
    }[turns]
    code = {
        "right": "zip(*$g[::-1])",
        "left": "list(zip(*$g))[::-1]",
        "half": "$g[::-1]",
        "transpose": "zip(*$g)",
    }[turns]
    line = "row[::-1]" if turns == "half" else "row"

    def reference(g: list[list[int]]) -> list[list[int]]:
        height, width = len(g), len(g[0])
        places: dict[str, Operation] = {
            "right": lambda r, c: g[height - 1 - c][r],
            "left": lambda r, c: g[c][width - 1 - r],
            "half": lambda r, c: g[height - 1 - r][width - 1 - c],
            "transpose": lambda r, c: g[c][r],
        }
        rows, columns = (height, width) if turns == "half" else (width, height)
        return [[places[turns](r, c) for c in range(columns)] + [pad] for r in range(rows)]

    return Sketch(
        names=("turn_grid", "rotated", "rearrange"),
        arguments=GRID,
        signature=FROM_GRID + "list[list[int]]",
        wordings=(
            f"Return $g {said}, with {pad} added at the end of every row.",
            f"Return a new grid: $g {said}, every row followed by {pad}.",
            f"Build $g {said} and put {pad} at the end of each of the rows.",
        ),
        bodies=(
            f"return [[*{line}, {pad}] for row in {code}]",
            body(f"""
                result = []
                for row in {code}:
                    result.append(list({line}) + [{pad}])
                return result
            """),
        ),
        reference=reference,
        inputs=lambda rng: [(grid(rng, *shape),) for shape in ((1, 1), (2, 3), (3, 2), (3, 3))],
    )


@TOPIC.family(known=False, offset=range(1, 7), factor=range(2, 8))
def diagonal(p: Parameters) -> Sketch:
    offset, factor = p["offset"], p["factor"]

    def reference(g: list[list[int]]) -> int:
        cells = ((c - r, x) for r, row in enumerate(g) for c, x in enumerate(row))
        return int(factor) * sum(x for distance, x in cells if distance == offset)

    return Sketch(
        names=("diagonal", "slanted_sum", "trace"),
        arguments={"g": ("grid", "matrix", "square")},
        signature=FROM_GRID + "int",
        wordings=(
            f"$g has as many rows as columns. Add up all cells $g[i][i + {offset}] and return {factor} times the sum.",
            f"Return {factor} times the sum of the cells of $g, as wide as high, whose column is {offset} more than their row.",
            f"Sum the cells $g[i][i + {offset}] of $g, whose sides are equal, and multiply by {factor}.",
        ),
        bodies=(
            f"return {factor} * sum($g[i][i + {offset}] for i in range(len($g) - {offset}))",
            body(f"""
                total = 0
                for i in range(len($g) - {offset}):
                    total += $g[i][i + {offset}]
                return {factor} * total
            """),
        ),
        reference=reference,
        inputs=lambda rng: [(grid(rng, offset + n, offset + n),) for n in (0, 1, 2, 3)],
    )
