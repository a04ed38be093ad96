"""What a page of code looks like: lines, white space, comments, strings. Needs no parser."""

from __future__ import annotations

import math
import re
import zlib

_PARTS = re.compile(
    r'(?P<doc>"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\')'
    r"|(?P<comment>\#[^\n]*)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\')'
    r"|(?P<number>\b\d[\w.]*)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<space>\s+)",
    re.DOTALL,
)

NAMES = (
    "log_characters", "log_lines", "mean_line", "longest_line", "blank_lines", "comment_lines",
    "mean_indent", "deepest_indent", "compression", "digits", "capitals", "non_ascii",
    "doc_characters", "comment_characters", "string_characters", "number_characters",
    "name_characters", "punctuation", "docs", "strings", "numbers", "distinct_names", "mean_name",
    "short_names", "underscored_names", "capital_names", "prompts", "urls", "equals_per_line",
    "colon_ends", "comma_ends", "bracket_ends", "repeated_lines", "words_per_doc", "first_is_doc",
    "underlines", "parameters_words", "arrows",
)  # fmt: skip


class Page:
    """One text, cut once into names, docstrings, comments, strings and numbers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: list[str] = []
        self.prose: list[str] = []
        self.strings: list[str] = []
        self.sizes = dict.fromkeys(("doc", "comment", "string", "number", "name", "space"), 0)
        self.counts = dict.fromkeys(self.sizes, 0)
        for match in _PARTS.finditer(text):
            kind = match.lastgroup or "space"
            word = match.group()
            self.sizes[kind] += len(word)
            self.counts[kind] += 1
            if kind == "name":
                self.names.append(word)
            elif kind in ("doc", "comment"):
                self.prose.append(word)
            elif kind == "string":
                self.strings.append(word)


def layout_features(page: Page) -> list[float]:
    """The numbers called `NAMES`, most of them shares in [0, 1].

    >>> features = dict(zip(NAMES, layout_features(Page("x = 1  # one\\n\\ny = 2\\n"))))
    >>> round(features["blank_lines"], 2), features["numbers"] > 0
    (0.33, True)
    """
    text, size = page.text, max(len(page.text), 1)
    lines = text.splitlines() or [""]
    full = [line for line in lines if line.strip()]
    stripped = [line.strip() for line in full]
    indents = [len(line) - len(line.lstrip()) for line in full] or [0]
    count, filled = len(lines), max(len(full), 1)
    names, distinct = max(len(page.names), 1), set(page.names)
    sizes = page.sizes
    code = len(text) - sum(sizes.values())
    packed = len(zlib.compress(text.encode("utf-8", "replace"), 1))

    def ends(mark: str) -> float:
        return sum(line.endswith(mark) for line in stripped) / filled

    words = sum(part.count(" ") + 1 for part in page.prose)
    return [
        math.log1p(size), math.log1p(count), size / count, math.log1p(max(map(len, lines))),
        1 - len(full) / count, sum(line.startswith("#") for line in stripped) / filled,
        sum(indents) / filled, float(max(indents)), packed / size,
        sum(map(str.isdigit, text)) / size, sum(map(str.isupper, text)) / size,
        0.0 if text.isascii() else sum(ord(c) > 127 for c in text) / size,
        sizes["doc"] / size, sizes["comment"] / size, sizes["string"] / size,
        sizes["number"] / size, sizes["name"] / size, code / size, page.counts["doc"] / count,
        page.counts["string"] / count, page.counts["number"] / count, len(distinct) / names,
        sum(map(len, page.names)) / names, sum(len(n) <= 2 for n in page.names) / names,
        sum(n[0] == "_" for n in page.names) / names,
        sum(n[0].isupper() for n in page.names) / names,
        text.count(">>>") / count, text.count("://") / count, text.count(" = ") / count,
        ends(":"), ends(","), ends("(") + ends("[") + ends("{"), 1 - len(set(stripped)) / filled,
        words / max(len(page.prose), 1), float(text.lstrip()[:3] in ('"""', "'''", 'r""')),
        text.count("----") / count, (text.count(":param") + text.count("Parameters\n")) / count,
        text.count("->") / count,
    ]  # fmt: skip
