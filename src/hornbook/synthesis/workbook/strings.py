"""Text: characters, words, padding, joining."""

from __future__ import annotations

from itertools import combinations

from hornbook.synthesis.workbook.family import (
    Operation,
    Parameters,
    Sketch,
    Topic,
    body,
    sentence,
    words,
)

TOPIC = Topic("strings")
TEXT = {"s": ("text", "line", "message")}
FROM_TEXT = "($s: str) -> "
WORDS = {"ws": ("words", "names", "parts")}
FROM_WORDS = "($ws: list[str]) -> "
PAIRS = tuple("".join(pair) for pair in combinations("aeiorstn", 2))
TRIPLES = tuple("".join(three) for three in combinations("aeilnorst", 3))[::2]


@TOPIC.family(letters=(*PAIRS, *TRIPLES))
def count_letters(p: Parameters) -> Sketch:
    letters = p["letters"]
    return Sketch(
        names=("count_letters", "letter_total", "how_many_letters"),
        arguments=TEXT,
        signature=FROM_TEXT + "int",
        wordings=(
            f'Count the characters of $s that are in "{letters}".',
            f'Return how many characters of $s are one of "{letters}".',
            f'Return the number of letters in $s that belong to "{letters}".',
        ),
        bodies=(
            f'return sum(1 for c in $s if c in "{letters}")',
            body(f"""
                count = 0
                for c in $s:
                    if c in "{letters}":
                        count += 1
                return count
            """),
        ),
        reference=lambda s: sum(s.count(letter) for letter in letters),
        inputs=lambda rng: [
            *((sentence(rng),) for _ in range(4)),
            ("",),
            (letters.upper() + letters,),
        ],
    )


@TOPIC.family(letters=(*PAIRS, *TRIPLES), keep=(True, False))
def filter_letters(p: Parameters) -> Sketch:
    letters, keep = p["letters"], p["keep"]
    test = "in" if keep else "not in"
    return Sketch(
        names=("filter_text", "clean_text", "pick_letters"),
        arguments=TEXT,
        signature=FROM_TEXT + "str",
        wordings=(
            (
                f'Return $s with only the characters that are in "{letters}".',
                f'Keep the characters of $s found in "{letters}" and drop the rest.',
                f'Return those characters of $s which are one of "{letters}".',
            )
            if keep
            else (
                f'Return $s without the characters in "{letters}".',
                f'Remove every character of "{letters}" from $s.',
                f'Return $s with all of "{letters}" taken out.',
            )
        ),
        bodies=(
            f'return "".join(c for c in $s if c {test} "{letters}")',
            body(f"""
                result = ""
                for c in $s:
                    if c {test} "{letters}":
                        result += c
                return result
            """),
        ),
        reference=lambda s: "".join(filter(lambda c: (c in set(letters)) == keep, s)),
        inputs=lambda rng: [*((sentence(rng),) for _ in range(4)), ("",), (letters,)],
    )


@TOPIC.family(old="aeiorstnl", new="*#-_xz.0")
def swap_letter(p: Parameters) -> Sketch:
    old, new = p["old"], p["new"]
    return Sketch(
        names=("swap_letter", "replace_letter", "exchange"),
        arguments=TEXT,
        signature=FROM_TEXT + "str",
        wordings=(
            f'Return $s with every "{old}" replaced by "{new}".',
            f'Replace each "{old}" in $s by "{new}".',
            f'Put "{new}" in place of every "{old}" of $s.',
        ),
        bodies=(
            f'return $s.replace("{old}", "{new}")',
            f'return "".join("{new}" if c == "{old}" else c for c in $s)',
        ),
        reference=lambda s: new.join(s.split(old)),
        inputs=lambda rng: [*((sentence(rng),) for _ in range(3)), ("",), (old * 3 + "b",)],
    )


@TOPIC.family(width=range(4, 25), fill="*-.0#", side=("left", "right"))
def pad_text(p: Parameters) -> Sketch:
    width, fill, side = p["width"], p["fill"], p["side"]
    method = "rjust" if side == "left" else "ljust"
    loop = f'$s = "{fill}" + $s' if side == "left" else f'$s = $s + "{fill}"'

    def reference(s: str) -> str:
        sign = ">" if side == "left" else "<"
        return f"{s:{fill}{sign}{width}}"

    return Sketch(
        names=("pad_text", "fill_up", "widen"),
        arguments=TEXT,
        signature=FROM_TEXT + "str",
        wordings=(
            f'Pad $s on the {side} with "{fill}" to a width of {width}.',
            f'Return $s filled up with "{fill}" on the {side} until it is {width} characters long.',
            f'Fill $s with "{fill}" on its {side} side to length {width}.',
        ),
        bodies=(
            f'return $s.{method}({width}, "{fill}")',
            body(f"""
                while len($s) < {width}:
                    {loop}
                return $s
            """),
        ),
        reference=reference,
        inputs=lambda rng: [
            ("",),
            ("ab",),
            ("x" * width,),
            ("y" * (width - 1),),
            ("z" * (width + 2),),
        ],
    )


@TOPIC.family(n=range(3, 16), how=("longer", "shorter"), case=("plain", "upper", "title"))
def words_by_length(p: Parameters) -> Sketch:
    n, how, case = p["n"], p["how"], p["case"]
    sign = ">" if how == "longer" else "<"
    method = {"plain": "w", "upper": "w.upper()", "title": "w.title()"}[case]
    tail = {"plain": "", "upper": ", in upper case", "title": ", in title case"}[case]
    changes: dict[str, Operation] = {"plain": str, "upper": str.upper, "title": str.capitalize}
    return Sketch(
        names=("select_words", "words_by_length", "pick_words"),
        arguments=WORDS,
        signature=FROM_WORDS + "list[str]",
        wordings=(
            f"Return the strings in $ws that are {how} than {n} characters{tail}.",
            f"Select those of $ws which are {how} than {n} characters{tail}.",
            f"Return a list of all $ws {how} than {n} characters{tail}.",
        ),
        bodies=(
            f"return [{method} for w in $ws if len(w) {sign} {n}]",
            body(f"""
                result = []
                for w in $ws:
                    if len(w) {sign} {n}:
                        result.append({method})
                return result
            """),
        ),
        reference=lambda ws: [
            changes[case](w) for w in ws if (len(w) > n if how == "longer" else len(w) < n)
        ],
        inputs=lambda rng: [
            *((["a" * n, "b" * (n + 1), "c" * max(n - 1, 0), *words(rng, 3)],) for _ in range(4)),
            ([],),
        ],
    )


@TOPIC.family(
    sep=("-", "+", "/", ", ", "_", " and ", ":", "; "),
    case=("plain", "upper", "title", "reversed"),
    order=("given", "sorted"),
)
def join_words(p: Parameters) -> Sketch:
    sep, case, order = p["sep"], p["case"], p["order"]
    item = {"plain": "w", "upper": "w.upper()", "title": "w.title()", "reversed": "w[::-1]"}[case]
    word = {
        "plain": "",
        "upper": " in upper case",
        "title": " in title case",
        "reversed": ", each reversed",
    }[case]
    source = "sorted($ws)" if order == "sorted" else "$ws"
    tail = ", in sorted order" if order == "sorted" else ""

    def reference(ws: list[str]) -> str:
        ordered = sorted(ws) if order == "sorted" else ws
        changes: dict[str, Operation] = {
            "plain": str,
            "upper": str.upper,
            "title": str.capitalize,
            "reversed": lambda w: "".join(reversed(w)),
        }
        return str(sep).join(map(changes[case], ordered))

    return Sketch(
        names=("join_words", "connect", "make_line"),
        arguments=WORDS,
        signature=FROM_WORDS + "str",
        wordings=(
            f'Join $ws{word} with "{sep}" between them{tail}.',
            f'Return one string of all $ws{word}, separated by "{sep}"{tail}.',
            f'Connect the strings in $ws{word} by "{sep}"{tail}.',
        ),
        bodies=(
            f'return "{sep}".join({item} for w in {source})',
            body(f"""
                result = []
                for w in {source}:
                    result.append({item})
                return "{sep}".join(result)
            """),
        ),
        reference=reference,
        inputs=lambda rng: [*((words(rng, n),) for n in (1, 2, 3, 4)), ([],)],
    )


@TOPIC.family(
    mark=("#", "re:", "x-", "the ", "very ", "!", "?", "...", "<"),
    side=("before", "after"),
    n=(0, 2, 3, 4, 5, 6),
)
def mark_words(p: Parameters) -> Sketch:
    mark, side, n = p["mark"], p["side"], p["n"]
    code = f'"{mark}" + w' if side == "before" else f'w + "{mark}"'
    test = f" if len(w) > {n}" if n else ""
    add = (f"if len(w) > {n}:", f"    result.append({code})") if n else (f"result.append({code})",)
    only = f" that is longer than {n} characters" if n else ""

    def reference(ws: list[str]) -> list[str]:
        return [
            f"{mark}{w}" if side == "before" else f"{w}{mark}" for w in ws if len(w) > n or not n
        ]

    return Sketch(
        names=("mark_words", "attach", "label_all"),
        arguments=WORDS,
        signature=FROM_WORDS + "list[str]",
        wordings=(
            f'Return each string in $ws{only} with "{mark}" {side} it.',
            f'Put "{mark}" {side} every string of $ws{only} and return the list.',
            f'Return a list of every one of $ws{only}, with "{mark}" {side} it.',
        ),
        bodies=(
            f"return [{code} for w in $ws{test}]",
            body(f"""
                result = []
                for w in $ws:
                    {(chr(10) + " " * 20).join(add)}
                return result
            """),
        ),
        reference=reference,
        inputs=lambda rng: [
            *((["b" * n, "c" * (n + 1), *words(rng, k)],) for k in (1, 2, 3)),
            ([],),
        ],
    )


@TOPIC.family(limit=range(3, 31), end=("...", "~", "", "!", " etc."))
def shorten(p: Parameters) -> Sketch:
    limit, end = p["limit"], p["end"]
    tail = f' followed by "{end}"' if end else ""
    cut = f'$s[:{limit}] + "{end}"' if end else f"$s[:{limit}]"
    return Sketch(
        names=("shorten", "abbreviate", "cut_text"),
        arguments=TEXT,
        signature=FROM_TEXT + "str",
        wordings=(
            f"If $s is longer than {limit} characters, return its first {limit} characters{tail}; else return it unchanged.",
            f"Return $s, or only its first {limit} characters{tail} when it is longer than {limit}.",
            f"Cut $s after {limit} characters{tail} if it is longer than that.",
        ),
        bodies=(
            body(f"""
                if len($s) > {limit}:
                    return {cut}
                return $s
            """),
            f"return {cut} if len($s) > {limit} else $s",
        ),
        reference=lambda s: s if len(s) <= limit else "".join(list(s)[:limit]) + end,
        inputs=lambda rng: [
            ("",),
            ("a" * limit,),
            ("bc" * limit,),
            (sentence(rng, 6),),
            ("d" * (limit + 1),),
        ],
    )


@TOPIC.family(n=range(2, 14), change=("upper", "star", "drop"), first=(0, 1))
def every_nth_letter(p: Parameters) -> Sketch:
    n, change, first = p["n"], p["change"], p["first"]
    test = f"i % {n} == {first}"
    code = {
        "upper": f"c.upper() if {test} else c for i, c in enumerate($s)",
        "star": f'"*" if {test} else c for i, c in enumerate($s)',
        "drop": f"c for i, c in enumerate($s) if i % {n} != {first}",
    }[change]
    what = {"upper": "in upper case", "star": 'replaced by "*"', "drop": "left out"}[change]

    def reference(s: str) -> str:
        result = []
        for i in range(len(s)):
            hit = (i - first) % n == 0
            if hit and change == "drop":
                continue
            result.append((s[i].upper() if change == "upper" else "*") if hit else s[i])
        return "".join(result)

    return Sketch(
        names=("every_nth_letter", "pattern_text", "stripe"),
        arguments=TEXT,
        signature=FROM_TEXT + "str",
        wordings=(
            f"Return $s with each character whose index leaves {first} when divided by {n} {what}.",
            f"Return $s with every character at an index with remainder {first} modulo {n} {what}.",
            f"In $s, every character whose index i has i % {n} == {first} is {what}.",
        ),
        bodies=(f'return "".join({code})', f'result = [{code}]\nreturn "".join(result)'),
        reference=reference,
        inputs=lambda rng: [
            *((sentence(rng, k),) for k in (1, 2, 3)),
            ("",),
            ("abcdefghijkl" * 2,),
        ],
    )
