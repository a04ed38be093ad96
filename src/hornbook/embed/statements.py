"""What kinds of statements a piece of code is made of, and what its operators do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hornbook.embed.lexer import CODE, CODES, COMMENT, DOCSTRING, PROSE, STRING, among
from hornbook.embed.logical import Code

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Columns = dict[str, Floats]

_KINDS = {
    "import_lines": ("import", "from"),
    "def_lines": ("def",),
    "class_lines": ("class",),
    "return_lines": ("return", "yield"),
    "condition_lines": ("if", "elif", "else"),
    "loop_lines": ("for", "while"),
    "try_lines": ("try", "except", "finally"),
    "with_lines": ("with",),
    "raise_lines": ("raise",),
    "assert_lines": ("assert",),
    "empty_lines": ("pass", "continue", "break", "global", "nonlocal", "del"),
}
_OPERATORS = {
    "plus": b"+", "minus": b"-", "times": b"*", "over": b"/", "remainder": b"%",
    "compared": b"<>", "bits": b"&|^~",
}  # fmt: skip


def statement_features(code: Code) -> Columns:
    """The square root of each kind's share of the statements, [texts] each.

    >>> from hornbook.embed.lexer import Lexed
    >>> found = statement_features(Code(Lexed(["import os\\nprint(os.sep)\\nx = 1\\nx += 2\\n"])))
    >>> [float(found[kind][0]) for kind in ("import_lines", "call_lines", "plain_assignments")]
    [0.5, 0.5, 0.5]
    """
    return {**_kinds(code), **_operators(code), **_strings(code)}


def _kinds(code: Code) -> Columns:
    import numpy as np

    lexed, lines = code.lexed, code.lines
    many = np.maximum(lexed.per_text(lines.text), 1)
    chosen = {name: lines.begin(*words) for name, words in _KINDS.items()}
    first, region = lexed.data[lines.start], lexed.region[lines.start]
    plain = (lines.keyword < 0) & (region == CODE)
    equals, augmented = _equals(code)
    chosen["decorator_lines"] = plain & (first == ord("@"))
    chosen["string_lines"] = (region == STRING) | (region == DOCSTRING)
    chosen["plain_assignments"] = plain & equals & ~augmented
    chosen["augmented_assignments"] = plain & augmented
    chosen["call_lines"] = plain & ~equals & (first != ord("@"))
    chosen["own_assignments"] = chosen["plain_assignments"] & _own(code)
    return {
        name: np.sqrt(lexed.per_text(lines.text[which]) / many) for name, which in chosen.items()
    }


def _equals(code: Code) -> tuple[Flags, Flags]:
    """Which lines have a `=` of an assignment outside brackets, and which have `+=` and the like."""
    import numpy as np

    data = code.lexed.data
    places = np.flatnonzero(data == ord("="))
    places = places[(code.lexed.region[places] == CODE) & (code.depth[places] <= 0)]
    # Each text ends with a line end, so nothing looks into a neighbour.
    before = np.where(places > 0, data[places - 1], 10)
    after = data[np.minimum(places + 1, len(data) - 1)]
    compares = among(before, b"=!<>:") | (after == ord("="))
    places, before = places[~compares], before[~compares]
    line = np.searchsorted(code.lines.start, places, "right") - 1
    changes = among(before, b"+-*/%&|^@")
    found = np.zeros((2, len(code.lines.start) + 1), bool)
    found[0, line], found[1, line[changes]] = True, True
    return found[0, :-1], found[1, :-1]


def _own(code: Code) -> Flags:
    """Which lines begin with `self.`"""
    import numpy as np

    data, found = code.lexed.data, np.ones(len(code.lines.start), bool)
    for offset, byte in enumerate(b"self."):
        found &= data[np.minimum(code.lines.start + offset, len(data) - 1)] == byte
    return found


def _operators(code: Code) -> Columns:
    import numpy as np

    lexed, data = code.lexed, code.lexed.data
    many = np.maximum(lexed.per_text(code.words.text), 1)
    found = {
        name: np.sqrt(lexed.count_bytes(which, CODES) / many) for name, which in _OPERATORS.items()
    }
    equals = np.flatnonzero((data[:-1] == ord("=")) & (data[1:] == ord("=")))
    equals = equals[lexed.region[equals] == CODE]
    indexed = code.name & (code.next == ord("["))
    found["equal"] = np.sqrt(lexed.per_text(lexed.text_of(equals)) / many)
    found["indexed"] = np.sqrt(lexed.per_text(code.words.text[indexed]) / many)
    digits = (code.words.end - code.words.start)[code.number]
    total = lexed.per_text(code.words.text[code.number], digits.astype(float))
    found["mean_number"] = np.log1p(
        total / np.maximum(lexed.per_text(code.words.text[code.number]), 1)
    )
    return found


def _strings(code: Code) -> Columns:
    """Marks within strings, comments and docstrings: diagrams, formulas, orders of growth."""
    import numpy as np

    lexed, data = code.lexed, code.lexed.data
    size = np.diff(lexed.edges).astype(float)
    wanted = {"drawn": b"/\\|", "colons": b":`", "prose_numbers": b"()[]", "prose_equals": b"=+*"}
    found = {
        f"{name}_in_prose": np.sqrt(lexed.count_bytes(which, PROSE) / size)
        for name, which in wanted.items()
    }
    growth = np.flatnonzero((data[:-1] == ord("O")) & (data[1:] == ord("(")))
    growth = growth[lexed.region[growth] >= COMMENT]
    found["orders_of_growth"] = np.log1p(lexed.per_text(lexed.text_of(growth)))
    return found
