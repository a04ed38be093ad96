"""What a page of code looks like: lines, white space, comments, strings, words."""

from __future__ import annotations

from string import ascii_uppercase, punctuation
from typing import TYPE_CHECKING

from hornbook.embed.lexer import (
    CODE,
    CODES,
    COMMENT,
    DOCSTRING,
    STRING,
    Lexed,
    among,
    run_hashes,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = dict[str, Floats]


def page_features(lexed: Lexed) -> Columns:
    """What is measured, by name, each [texts]; most of them shares in [0, 1].

    >>> found = page_features(Lexed(["x = 1  # one\\n\\ny = 2"]))
    >>> round(float(found["blank_lines"][0]), 2), float(found["spaced_equals"][0]) > 0
    (0.33, True)
    """
    return {**_lines(lexed), **_bytes(lexed), **_regions(lexed), **_words(lexed)}


def _lines(lexed: Lexed) -> Columns:
    import numpy as np

    data, count = lexed.data, lexed.per_text
    ends = np.flatnonzero(data == 10)
    starts = np.append(0, ends[:-1] + 1)
    text = lexed.text_of(ends)
    lengths = (ends - starts).astype(float)
    first = np.append(lexed.solid, len(data))[lexed.rank[starts]]
    full = first < ends
    last = lexed.solid[lexed.rank[ends[full]] - 1]
    lines, filled = count(text), np.maximum(count(text[full]), 1)
    indents = (first - starts)[full].astype(float)
    longest, deepest = np.zeros(lexed.texts), np.zeros(lexed.texts)
    np.maximum.at(longest, text, lengths)
    np.maximum.at(deepest, text[full], indents)
    return {
        "log_lines": np.log1p(lines),
        "mean_line": count(text, lengths) / lines,
        "longest_line": np.log1p(longest),
        "blank_lines": 1 - count(text[full]) / lines,
        "comment_lines": count(text[full][data[first[full]] == ord("#")]) / filled,
        "mean_indent": count(text[full], indents) / filled,
        "deepest_indent": deepest,
        "repeated_lines": _repeated(lexed, first[full], last + 1) / filled,
        **{
            name: count(text[full][among(data[last], marks)]) / filled
            for name, marks in (
                ("colon_ends", b":"),
                ("comma_ends", b","),
                ("bracket_ends", b"([{"),
            )
        },
    }


def _repeated(lexed: Lexed, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Floats:
    """Lines that the same text has had before, white space at their ends not counted."""
    import numpy as np

    hashes = run_hashes(lexed.data, starts, ends)
    text = lexed.text_of(starts)
    # The text's number goes in front, so that equal lines of two texts stay apart.
    order = np.lexsort((hashes, text))
    again = (hashes[order][1:] == hashes[order][:-1]) & (text[order][1:] == text[order][:-1])
    return lexed.per_text(text[order][1:][again])


def _bytes(lexed: Lexed) -> Columns:
    import numpy as np

    data, count = lexed.data, lexed.count_bytes
    size = np.diff(lexed.edges).astype(float)
    lines = np.maximum(lexed.per_text(lexed.text_of(np.flatnonzero(data == 10))), 1)

    padded = np.append(data, np.zeros(8, np.uint8))

    def run(mark: bytes) -> Floats:
        """How often these bytes stand one after another, [texts]."""
        found = np.flatnonzero(data == mark[0])
        for offset, byte in enumerate(mark[1:], 1):
            found = found[padded[found + offset] == byte]
        if mark.startswith(b"\n"):
            found = found[~np.isin(found, lexed.edges[1:] - 1)]  # the next text's is not this one's
        return lexed.per_text(lexed.text_of(found))

    return {
        "log_characters": np.log1p(size),
        "digits": count(b"0123456789") / size,
        "capitals": count(ascii_uppercase.encode()) / size,
        "non_ascii": count(bytes(range(128, 256))) / size,
        "prompts": run(b">>>") / lines,
        "addresses": run(b"://") / lines,
        "spaced_equals": run(b" = ") / lines,
        "underlines": run(b"----") / lines,
        "arrows": run(b"->") / lines,
        "field_marks": run(b"\n    :") / lines,
    }


def _regions(lexed: Lexed) -> Columns:
    import numpy as np

    size = np.diff(lexed.edges).astype(float)
    lines = np.maximum(lexed.per_text(lexed.text_of(np.flatnonzero(lexed.data == 10))), 1)
    found: Columns = {}
    where = lexed.text_of(lexed.regions.start)
    lengths = (lexed.regions.end - lexed.regions.start).astype(float)
    for name, kind in (("string", STRING), ("comment", COMMENT), ("docstring", DOCSTRING)):
        chosen = lexed.regions.kind == kind
        count = lexed.per_text(where[chosen])
        found[f"{name}s"] = count / lines
        found[f"{name}_characters"] = lexed.histogram[:, kind].sum(axis=1) / size
        total = lexed.per_text(where[chosen], lengths[chosen])
        found[f"mean_{name}"] = np.log1p(total / np.maximum(count, 1))
    first = np.append(lexed.data, 0)[lexed.edges[:-1]]
    documents = lexed.regions.start[lexed.regions.kind == DOCSTRING]
    begins = np.isin(lexed.edges[:-1], documents)
    found["docstring_first"] = begins.astype(float) * (first > 0)
    return found


def _words(lexed: Lexed) -> Columns:
    import numpy as np

    words = lexed.words.where(lexed.words.region == CODE)
    first = lexed.data[words.start]
    names = words.where((first < ord("0")) | (first > ord("9")))
    first, count = lexed.data[names.start], lexed.per_text
    many = np.maximum(count(names.text), 1)
    lengths = (names.end - names.start).astype(float)
    order = np.lexsort((names.hash, names.text))
    new = np.ones(len(names), bool)
    new[1:] = (names.hash[order][1:] != names.hash[order][:-1]) | (
        names.text[order][1:] != names.text[order][:-1]
    )
    size = np.diff(lexed.edges).astype(float)
    return {
        "distinct_names": count(names.text[order][new]) / many,
        "mean_name": count(names.text, lengths) / many,
        "short_names": count(names.text[lengths <= 2]) / many,
        "underscored_names": count(names.text[first == ord("_")]) / many,
        "capital_names": count(names.text[(first >= ord("A")) & (first <= ord("Z"))]) / many,
        "name_characters": count(names.text, lengths) / size,
        "mark_characters": lexed.count_bytes(punctuation.encode(), CODES) / size,
    }
