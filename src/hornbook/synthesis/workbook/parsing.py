"""Text that has a structure: runs, fields, words read both ways."""

from __future__ import annotations

from itertools import combinations, groupby

from hornbook.synthesis.workbook.family import Operation, Parameters, Sketch, Topic, body

TOPIC = Topic("text parsing")
TEXT = {"s": ("text", "line", "message")}
PAIRS = tuple("".join(pair) for pair in combinations("aeiorstn", 2))


@TOPIC.family(known=False, letters=PAIRS)
def mirror_text(p: Parameters) -> Sketch:
    letters = p["letters"]

    def reference(s: str) -> bool:
        kept = [c for c in s if c not in letters]
        return all(kept[i] == kept[len(kept) - 1 - i] for i in range(len(kept)))

    return Sketch(
        names=("is_mirror", "reads_both_ways", "symmetric"),
        arguments=TEXT,
        signature="($s: str) -> bool",
        wordings=(
            f'Return True if $s reads the same forwards and backwards once all of "{letters}" are removed.',
            f'Ignoring the characters "{letters}", check whether $s is a palindrome.',
            f'Tell whether $s without the characters in "{letters}" is a palindrome.',
        ),
        bodies=(
            body(f"""
                kept = [c for c in $s if c not in "{letters}"]
                return kept == kept[::-1]
            """),
            body(f"""
                kept = "".join(c for c in $s if c not in "{letters}")
                return kept == "".join(reversed(kept))
            """),
        ),
        reference=reference,
        # Removing either letter decides one of these, so both must be right.
        inputs=lambda _: [
            (f"{letters[0]}bb",),
            (f"bb{letters[1]}",),
            (f"b{letters}c",),
            (f"cb{letters}bc",),
            ("xyz",),
            ("",),
        ],
    )


@TOPIC.family(known=False, sep=("", ":", "x", "-", "*"), between=("", " ", ",", "|", ";", "/"))
def run_lengths(p: Parameters) -> Sketch:
    sep, between = p["sep"], p["between"]
    shown = f', "{sep}"' if sep else ""
    joined = f'with "{between}" between the runs' if between else "with nothing between the runs"

    def reference(s: str) -> str:
        return str(between).join(f"{c}{sep}{len([*run])}" for c, run in groupby(s))

    return Sketch(
        names=("encode_runs", "run_lengths", "compress"),
        arguments=TEXT,
        signature="($s: str) -> str",
        wordings=(
            f"Write each run of equal characters in $s as the character{shown} and the length of the run, {joined}.",
            f"Compress $s: a run of one character becomes the character{shown} and its count, {joined}.",
            f"Return $s with every run written as its character{shown} and its length, {joined}.",
        ),
        bodies=(
            body(f"""
                runs = []
                for c in $s:
                    if runs and runs[-1][0] == c:
                        runs[-1] += c
                    else:
                        runs.append(c)
                return "{between}".join(run[0] + "{sep}" + str(len(run)) for run in runs)
            """).replace(' + "" + ', " + "),
            body(f"""
                from itertools import groupby
                runs = ["".join(group) for _, group in groupby($s)]
                return "{between}".join(run[0] + "{sep}" + str(len(run)) for run in runs)
            """).replace(' + "" + ', " + "),
        ),
        reference=reference,
        inputs=lambda _: [("aaabb",), ("abc",), ("zzzzzzzzzzzz",), ("aabaa",), ("",)],
    )


FINISH: dict[str, tuple[str, str, Operation]] = {
    "sum": ("the sum of the numbers", "int", sum),
    "largest": ("the largest of the numbers", "int", max),
    "list": ("a list of the numbers", "list[int]", list),
    "sorted": ("the sorted list of the numbers", "list[int]", sorted),
}


@TOPIC.family(known=False, sep=(";", ",", "/", "|", ":", "+", "_", " and "), part=tuple(FINISH))
def read_numbers(p: Parameters) -> Sketch:
    sep, part = p["sep"], p["part"]
    said, kind, finish = FINISH[part]
    call = {"sum": "sum", "largest": "max", "list": "list", "sorted": "sorted"}[part]
    inner = f'int(part) for part in $s.split("{sep}")'

    def reference(s: str) -> object:
        values, rest = [], s
        while rest:
            head, _, rest = rest.partition(sep)
            values.append(int(head))
        return finish(values)

    return Sketch(
        names=("read_numbers", "parse_line", "numbers_in"),
        arguments=TEXT,
        signature=f"($s: str) -> {kind}",
        wordings=(
            f'$s holds whole numbers separated by "{sep}". Return {said}.',
            f'Split $s at every "{sep}" and return {said} found.',
            f'Return {said} in $s, which are separated by "{sep}".',
        ),
        bodies=(
            f"return [{inner}]" if part == "list" else f"return {call}({inner})",
            body(f"""
                numbers = [{inner}]
                return {"numbers" if part == "list" else f"{call}(numbers)"}
            """),
        ),
        reference=reference,
        inputs=lambda rng: [
            ("7",),
            (sep.join(("3", "1", "2")),),
            (sep.join(("-4", "-9")),),
            *((sep.join(str(rng.randint(0, 99)) for _ in range(n)),) for n in (3, 5)),
        ],
    )
