"""How a piece of code is built: functions, loops, names bound and used, calls, imports.

What a parser would say, nearly, at many times its speed, and also of pieces that no parser takes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from hornbook.embed.lexer import CODE, CODES, DOCSTRING, STRING, hash_of
from hornbook.embed.logical import KEYWORDS, Code, are_keywords, within
from hornbook.embed.vocabulary import LIBRARY
from hornbook.embed.word_table import WordTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Columns = dict[str, Floats]

_LOOP = 3
_THIN = 2
"""Lines of a function, docstring apart: its head and one statement."""
_CONSTANT = 3
"""Names of that many capitals and more are constants; shorter ones may be matrices."""


def structure_features(code: Code) -> Columns:
    """What is measured, by name, each [texts]: mostly shares, or counts a function.

    >>> from hornbook.embed.lexer import Lexed
    >>> found = structure_features(Code(Lexed(["def double(x):\\n    return 2 * x\\n"])))
    >>> [float(found[name][0]) for name in ("bound_names", "unknown_names", "parameters")]
    [1.0, 0.0, 1.0]
    """
    return {
        **_functions(code),
        **_blocks(code),
        **_names(code),
        **_calls(code),
        **_imports(code),
        **_marks(code),
    }


def _functions(code: Code) -> Columns:
    import numpy as np

    count, words, lines = code.lexed.per_text, code.words, code.lines
    text = words.text
    functions = count(lines.text[lines.begin("def")])
    each = np.maximum(functions, 1)
    own = _are(code, "self", "cls")
    own_parameter = code.parameter & own & (code.previous == ord("("))
    parameter = code.parameter & ~own
    parameters = count(text[parameter])
    annotated = count(text[parameter & (code.next == ord(":"))])
    named = code.defined & (code.before == KEYWORDS["def"])
    decorated = code.lexed.data[lines.start] == ord("@")
    return {
        "functions": np.log1p(functions),
        "classes": np.log1p(count(lines.text[lines.begin("class")])),
        "methods": count(text[own_parameter]) / each,
        "documented": count(lines.text[lines.begin("def") & _has_docstring(code)]) / each,
        "parameters": parameters / each,
        "annotated_parameters": annotated / np.maximum(parameters, 1),
        "returning": _keyword(code, "return") / each,
        "decorated": count(lines.text[decorated]) / each,
        "test_functions": count(text[named & _begin(code, b"test")]) / each,
        "private_functions": count(text[named & _begin(code, b"_")]) / each,
        "dunder_methods": count(text[named & _begin(code, b"__")]) / each,
        "branches": _keyword(code, "if") / each,
    }


def _has_docstring(code: Code) -> Flags:
    """Which logical lines are followed by one that is a string."""
    import numpy as np

    lines = code.lines
    region = code.lexed.region[lines.start]
    strings = (region == STRING) | (region == DOCSTRING)
    same = lines.text[1:] == lines.text[:-1]
    return np.append(strings[1:] & same, np.zeros(min(len(strings), 1), bool))


def _blocks(code: Code) -> Columns:
    """Lengths of functions, loops in loops, calls of a function within itself."""
    import numpy as np

    lines, count = code.lines, code.lexed.per_text
    inside, nested, lengths = _walk(code)
    functions = np.flatnonzero(lines.begin("def"))
    text = lines.text[functions]
    each = np.maximum(count(text), 1)
    longest = np.zeros(code.lexed.texts)
    np.maximum.at(longest, text, lengths[functions])
    thin = lengths[functions] - _has_docstring(code)[functions] <= _THIN
    # A name is called inside the function that it names: line -> its function -> its name.
    names = np.zeros(len(lines.start) + 1, np.uint64)
    defined = code.defined & (code.before == KEYWORDS["def"])
    names[code.line[defined]] = code.words.hash[defined]
    home = np.append(inside, -1)[code.line]
    recursive = _called(code) & ~code.attribute & (home >= 0) & (names[home] == code.words.hash)
    return {
        "mean_function": np.log1p(count(text, lengths[functions]) / each),
        "longest_function": np.log1p(longest),
        "loops": count(lines.text[lines.begin("for", "while")]) / each,
        "nested_loops": count(lines.text[nested]) / each,
        "recursive": count(code.words.text[recursive]) / each,
        "thin_functions": count(text[thin]) / each,
        "statements": np.minimum(count(lines.text[inside >= 0]) / each, 100),
    }


def _walk(code: Code) -> tuple[Places, Flags, Floats]:
    """For every logical line: the innermost function around it (-1 for none), whether it is a loop in
    a loop, and, of a function, how many lines it has."""
    import numpy as np

    lines = code.lines
    size = len(lines.start)
    inside, nested, lengths = np.full(size, -1), np.zeros(size, bool), np.zeros(size)
    kinds = np.zeros(size, int)
    for kind, names in enumerate((("class",), ("def",), ("for", "while")), 1):
        kinds[lines.begin(*names)] = kind
    homes: list[int] = []
    text, stack = -1, [(-1, 0, -1, -1)]  # indent, kind, function, line
    rows = zip(lines.text.tolist(), lines.indent.tolist(), kinds.tolist(), strict=True)
    for at, (which, indent, kind) in enumerate(rows):
        if which != text:
            text, indent_now = which, -1
        else:
            indent_now = indent
        while len(stack) > 1 and stack[-1][0] >= indent_now:
            begun = stack.pop()[3]
            lengths[begun] = at - begun
        _, outer, function, _ = stack[-1]
        homes.append(function)
        if kind:
            nested[at] = kind == outer == _LOOP
            stack.append((indent, kind, (-1, at, function)[kind - 1], at))
    for _, _, _, at in stack[1:]:
        lengths[at] = size - at
    inside[:] = homes
    return inside, nested, lengths


def _names(code: Code) -> Columns:
    """Whether the names that are read are bound here, builtin, or from elsewhere."""
    import numpy as np

    count, text = code.lexed.per_text, code.words.text
    reads, many = np.maximum(count(text[code.read]), 1), np.maximum(count(text), 1)
    bound = count(text[code.read & code.known])
    builtin = count(text[code.read & ~code.known & code.builtin])
    own = count(text[code.read & _are(code, "self", "cls")])
    long = code.words.end - code.words.start >= _CONSTANT
    constant = code.name & long & _capitals(code)
    chained = code.attribute & np.append(False, code.attribute[:-1])[: len(text)]
    chained[1:] &= text[1:] == text[:-1]
    return {
        "log_words": np.log1p(count(text)),
        "bound_names": bound / reads,
        "builtin_names": builtin / reads,
        "unknown_names": np.maximum(count(text[code.read]) - bound - builtin, 0) / reads,
        "own_names": own / reads,
        "local_reads": (bound - own) / many,
        "attributes": count(text[code.attribute]) / many,
        "private_attributes": count(text[code.attribute & (code.first == ord("_"))]) / many,
        "chained_attributes": count(text[chained]) / many,
        "constants": count(text[constant]) / many,
        "numbers": count(text[code.number]) / many,
    }


def _calls(code: Code) -> Columns:
    import numpy as np

    count, text = code.lexed.per_text, code.words.text
    call = _called(code)
    calls = np.maximum(count(text[call]), 1)
    direct = call & ~code.attribute
    local = direct & within(code.key, code.key[code.defined])
    builtin = direct & code.builtin & ~code.known
    arguments = count(text[code.argument & ~code.parameter])
    return {
        "builtin_calls": count(text[builtin]) / calls,
        "local_calls": count(text[local]) / calls,
        "method_calls": count(text[call & code.attribute]) / calls,
        "foreign_calls": count(text[direct & ~local & ~builtin]) / calls,
        "keyword_arguments": arguments / np.maximum(count(text), 1),
    }


def _imports(code: Code) -> Columns:
    """Modules of the standard library, of others, and of the same package, as log(1 + count)."""
    import numpy as np

    count, text = code.lexed.per_text, code.words.text
    module = code.imported & are_keywords(code.before, "import", "from")
    opening = np.append(code.lines.keyword, -1)[code.line]
    # In `from x import y`, y is no module.
    module &= ~((code.before == KEYWORDS["import"]) & (opening == KEYWORDS["from"]))
    ours = _library().numbers(code.words.hash) >= 0
    starts = code.lines.start[code.lines.begin("from")]
    after = np.append(code.lexed.solid, 0)[
        code.lexed.rank[np.minimum(starts + 4, len(code.lexed.data))]
    ]
    relative = code.lexed.data[after] == ord(".")
    return {
        "library_imports": np.log1p(count(text[module & ours])),
        "foreign_imports": np.log1p(count(text[module & ~ours & (code.previous != ord("."))])),
        "relative_imports": np.log1p(count(code.lexed.text_of(starts[relative]))),
    }


def _marks(code: Code) -> Columns:
    import numpy as np

    lexed, lines, data = code.lexed, code.lines, code.lexed.data
    plain = lexed.region == CODE
    many = np.maximum(lexed.per_text(code.words.text), 1)
    commas = np.flatnonzero(data == ord(","))
    commas = commas[plain[commas] & (code.depth[commas] > 0)]
    deepest = np.maximum.reduceat(code.depth, lexed.edges[:-1]) if lexed.texts else np.zeros(0)
    assigns = np.zeros(len(lines.start) + 1, bool)
    assigns[code.line[code.bound & (code.next == ord("=")) & (code.level <= 0)]] = True
    top = assigns[:-1] & (lines.indent == 0)
    return {
        "operators": lexed.count_bytes(b"+-/%<>", CODES) / many,
        "stars": lexed.count_bytes(b"*", CODES) / many,
        "commas_in_brackets": lexed.per_text(lexed.text_of(commas)) / many,
        "deepest_bracket": np.minimum(deepest.astype(float), 50),
        "assignments_on_top": lexed.per_text(lines.text[top])
        / np.maximum(lexed.per_text(lines.text), 1),
    }


def _called(code: Code) -> Flags:
    called: Flags = code.name & ~code.defined & (code.next == ord("("))
    return called


def _keyword(code: Code, name: str) -> Floats:
    return code.lexed.per_text(code.words.text[code.keyword == KEYWORDS[name]])


def _are(code: Code, *names: str) -> Flags:
    import numpy as np

    found = np.zeros(len(code.words), bool)
    for name in names:
        found |= code.words.hash == np.uint64(hash_of(name))
    return found


def _begin(code: Code, mark: bytes) -> Flags:
    """Which words begin with these bytes."""
    import numpy as np

    data, found = code.lexed.data, np.ones(len(code.words), bool)
    for offset, byte in enumerate(mark):
        found &= data[np.minimum(code.words.start + offset, len(data) - 1)] == byte
    return found


def _capitals(code: Code) -> Flags:
    """Which words have no small letter."""
    import numpy as np

    small = (code.lexed.data >= ord("a")) & (code.lexed.data <= ord("z"))
    before = np.zeros(len(small) + 1, np.int32)
    np.cumsum(small, out=before[1:])
    first = (code.first >= ord("A")) & (code.first <= ord("Z"))
    found: Flags = first & (before[code.words.end] == before[code.words.start])
    return found


@lru_cache(maxsize=1)
def _library() -> WordTable:
    return WordTable.of(LIBRARY.split())
