"""Documents cut into pieces like those that were judged: a whole file, or some of its definitions.

Cuts fall on lines that begin a top-level definition, found without a parser, so that a file that
Python 3 can't parse is cut as well. Such a line inside a long string is taken for a definition;
that costs an odd cut and no text.
"""

from __future__ import annotations

import itertools
import re

WHOLE = 5_000
"""Characters up to which a file is one piece."""
LEAST, MOST = 150, 6_000
"""Characters of a piece, where the definitions allow."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_START = re.compile(r"^(?:@|(?:async[ \t]+)?def[ \t]|class[ \t])", re.MULTILINE)


def chunks(text: str) -> list[str]:
    """Consecutive pieces that make up `text` when joined.

    >>> text = "import os\\n" + "".join(f"def f{n}():\\n    return {'1' * 3000}\\n" for n in range(3))
    >>> [len(piece) for piece in chunks(text)], "".join(chunks(text)) == text
    ([3032, 3022, 3022], True)
    """
    if len(text) <= WHOLE:
        return [text]
    pieces: list[str] = []
    for unit in _units(text):
        if pieces and (len(pieces[-1]) < LEAST or _fits(pieces[-1], unit)):
            pieces[-1] += unit
        else:
            pieces.append(unit)
    if len(pieces) > 1 and len(pieces[-1]) < LEAST:
        last = pieces.pop()
        pieces[-1] += last
    return [part for piece in pieces for part in _bounded(piece)]


def paragraphs(text: str) -> list[str]:
    """Likewise for texts for people: cuts fall behind blank lines, or lines in long paragraphs.

    >>> text = "One.\\n\\n" + "Two two two. " * 300 + "\\n\\nThree.\\n" * 200
    >>> [len(piece) for piece in paragraphs(text)], "".join(paragraphs(text)) == text
    ([4997, 709], True)
    """
    if len(text) <= WHOLE:
        return [text]
    cuts = [0, *(match.end() for match in _PARAGRAPH.finditer(text)), len(text)]
    pieces = [""]
    for low, high in itertools.pairwise(cuts):
        if len(pieces[-1]) >= LEAST and len(pieces[-1]) + high - low > WHOLE:
            pieces.append("")
        pieces[-1] += text[low:high]
    return [part for piece in pieces if piece for part in _bounded(piece)]


def _fits(piece: str, unit: str) -> bool:
    """Neighbouring small definitions go together, up to the size of a typical excerpt."""
    return len(piece) + len(unit) <= WHOLE // 2


def _units(text: str) -> list[str]:
    """What stands before the first definition, then each definition with its decorators."""
    starts = [match.start() for match in _START.finditer(text)]
    cuts = [
        start
        for at, start in enumerate(starts)
        if at == 0 or not _only_decorators(text, starts[at - 1], start)
    ]
    edges = [0, *(cut for cut in cuts if cut > 0), len(text)]
    return [text[low:high] for low, high in itertools.pairwise(edges) if high > low]


def _only_decorators(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a decorator that belongs to what begins at `end`."""
    return text[start] == "@" and "\n\n\n" not in text[start:end]


def _bounded(piece: str) -> list[str]:
    """A piece that is too long, cut at line ends near equal lengths."""
    if len(piece) <= MOST:
        return [piece]
    count = -(-len(piece) // (MOST - 1_000))
    target = len(piece) / count
    parts, current, size = [], [], 0
    for line in piece.splitlines(keepends=True):
        current.append(line)
        size += len(line)
        if size >= target:
            parts.append("".join(current))
            current, size = [], 0
    if current:
        parts.append("".join(current))
    return parts
