"""Many texts for people cut into lines, blocks of code, sentences and words by array operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hornbook.embed.lexer import Lexed, Regions, Words, among

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]
    Flags = NDArray[np.bool_]

PROSE_TEXT, BLOCK = 0, 1
"""What a byte belongs to: words for people, or a block of code."""
_INDENT = 4
_CLOSING = b"\"')]*_`"


@dataclass(frozen=True)
class PageLines:
    """Every line of every text."""

    start: Places
    end: Places
    """Where its line end stands."""
    first: Places
    """Its first byte that is no white space; its end where there is none."""
    text: Places
    full: Flags
    block: Flags
    """Whether it belongs to a block of code: fenced, indented after a blank line, or a prompt."""

    @property
    def indent(self) -> Places:
        return self.first - self.start


class ProseLexed(Lexed):
    """A few hundred texts, cut. Words are in lower case; those of blocks of code lie in `BLOCK`.

    >>> lexed = ProseLexed(["It isn't so. Why?\\n\\n    x = 1\\n"])
    >>> plain = lexed.plain
    >>> [bytes(lexed.data[a:b]).decode() for a, b in zip(plain.start, plain.end)]
    ['It', 'isn', 't', 'so', 'Why']
    >>> lexed.sentence_lengths[0].tolist()
    [4, 1]
    """

    def _cut(self, raw: Sequence[bytes]) -> Regions:
        lines = self.lines
        start, end = lines.start[lines.block], lines.end[lines.block]
        return Regions(start, end, lines.block[lines.block].astype("uint8"))

    @cached_property
    def lines(self) -> PageLines:
        import numpy as np

        end = np.flatnonzero(self.data == 10)
        start = np.append(0, end[:-1] + 1)[: len(end)]
        first = np.minimum(np.append(self.solid, len(self.data))[self.rank[start]], end)
        text, full = self.text_of(end), first < end
        block = _fenced(self, first, text, full) | _prompts(self, first)
        block |= _indented(first - start, text, full & ~block)
        return PageLines(start, end, first, text, full, block)

    @cached_property
    def words(self) -> Words:
        import numpy as np

        edge = np.flatnonzero(self.kind[1:] != self.kind[:-1]) + 1
        starts = np.concatenate([np.zeros(1, np.int64), edge])
        ends = np.append(edge, len(self.data))
        word = self.kind[starts] == 1
        capital = among(self.data, bytes(range(ord("A"), ord("Z") + 1)))
        return self._words(self.data + capital * np.uint8(32), starts[word], ends[word])

    @cached_property
    def plain(self) -> Words:
        """Words outside blocks of code."""
        return self.words.where(self.words.region == PROSE_TEXT)

    @cached_property
    def sentence(self) -> Places:
        """[plain words], the number of the sentence that each stands in."""
        import numpy as np

        breaks = np.unique(np.concatenate([self._stops, self._paragraph_ends, self.edges[1:] - 1]))
        found = np.searchsorted(breaks, self.plain.start)
        first = np.append(True, found[1:] != found[:-1])[: len(found)]
        numbers: Places = np.cumsum(first) - 1
        return numbers

    @cached_property
    def sentence_lengths(self) -> tuple[Places, Places]:
        """[sentences] words in each, and the text it stands in."""
        import numpy as np

        lengths = np.bincount(self.sentence)
        ends = np.cumsum(lengths) - 1
        return lengths, self.plain.text[ends]

    @cached_property
    def _stops(self) -> Places:
        """Marks that end a sentence: white space follows, and no small letter after it."""
        import numpy as np

        padded = np.append(self.data, np.full(2, 10, np.uint8))
        marks = np.flatnonzero(among(self.data, b".!?") & (self.region == PROSE_TEXT))
        after = marks + 1 + among(padded[marks + 1], _CLOSING)
        marks = marks[padded[after] <= 32]
        following = np.append(self.solid, len(self.data))[self.rank[marks + 1]]
        small = among(padded[following], bytes(range(ord("a"), ord("z") + 1)))
        found: Places = marks[~small]
        return found

    @cached_property
    def _paragraph_ends(self) -> Places:
        """Ends of lines before blank ones, blocks and marks of lists, and of headings."""
        import numpy as np

        lines = self.lines
        mark = self.data[np.minimum(lines.first, len(self.data) - 1)]
        opens = ~lines.full | lines.block | among(mark, b"#-*+>|=~")
        found: Places = lines.end[np.append(opens[1:], True)[: len(opens)] | (mark == ord("#"))]
        return found


def _fenced(lexed: Lexed, first: Places, text: Places, full: Flags) -> Flags:
    """Lines from one line of three backquotes (or tildes) to the next one."""
    import numpy as np

    padded = np.append(lexed.data, np.zeros(3, np.uint8))
    mark = padded[first]
    fence = full & ((mark == ord("`")) | (mark == ord("~")))
    fence &= (padded[first + 1] == mark) & (padded[first + 2] == mark)
    so_far = np.cumsum(fence)
    heads = np.append(True, text[1:] != text[:-1])[: len(text)]
    before = (so_far - fence)[heads]
    inside: Flags = (so_far - before[text]) % 2 == 1
    inside |= fence
    return inside


def _prompts(lexed: Lexed, first: Places) -> Flags:
    import numpy as np

    padded = np.append(lexed.data, np.zeros(3, np.uint8))
    found: Flags = padded[first] == ord(">")
    for offset in (1, 2):
        found = found & (padded[first + offset] == ord(">"))
    return found


def _indented(indent: Places, text: Places, full: Flags) -> Flags:
    """Runs of lines that stand further in than the text, the first one after a blank line."""
    import numpy as np

    if not len(indent):
        return full
    heads = np.flatnonzero(np.append(True, text[1:] != text[:-1]))
    least = np.minimum.reduceat(np.where(full, indent, 10_000), heads)
    deep = full & (indent - least[text] >= _INDENT)
    rows = np.flatnonzero(full)
    before = np.append(False, deep[rows][:-1] & (text[rows][1:] == text[rows][:-1]))[: len(rows)]
    opens = deep[rows] & ~before
    gap = np.append(False, ~full[:-1] & (text[1:] == text[:-1]))[rows]
    runs = np.cumsum(opens) - 1
    found = np.zeros(len(full), bool)
    if opens.any():
        found[rows] = deep[rows] & gap[opens][np.maximum(runs, 0)]
    return found
