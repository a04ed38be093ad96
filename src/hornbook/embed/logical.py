"""Where each word of code stands: its logical line, what is before and after it, what it binds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from hornbook.embed.lexer import CODE, COMMENT, Lexed, Words, among, mixed
from hornbook.embed.vocabulary import BUILTINS
from hornbook.embed.vocabulary import KEYWORDS as _KEYWORDS
from hornbook.embed.word_table import WordTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.int64]
    Flags = NDArray[np.bool_]

KEYWORDS = {name: number for number, name in enumerate(_KEYWORDS.split())}


@dataclass(frozen=True)
class Lines:
    """Lines that begin where no bracket and no string is open, in order."""

    start: Places
    """The first byte that is no white space."""
    indent: Places
    text: Places
    keyword: Places
    """The keyword a line begins with, as a number of `KEYWORDS`; -1 for none. `async` is skipped."""
    number: Places
    """The line of the batch it stands in."""

    def begin(self, *names: str) -> Flags:
        return are_keywords(self.keyword, *names)


class Code:
    """The words of code outside strings and comments, each with its surroundings."""

    def __init__(self, lexed: Lexed) -> None:
        import numpy as np

        self.lexed = lexed
        data = lexed.data
        self.depth: Places = _depths(lexed)
        """[bytes], how many brackets are open before each."""
        solid, rank = lexed.solid, lexed.rank
        self.words: Words = lexed.words.where(lexed.words.region == CODE)
        self.keyword, self.builtin = _known(self.words)
        self.lines = self._logical_lines()
        self.line: Places = np.searchsorted(self.lines.start, self.words.start, "right") - 1
        """[words], the logical line of each."""
        text = self.words.text
        before = np.append(solid, -1)[rank[self.words.start] - 1]
        self.previous: Bytes = np.where(before >= lexed.edges[text], data[before], 10).astype(
            np.uint8
        )
        """[words], the solid byte before each word, and below the one after it."""
        places = np.append(solid, len(data) - 1)[rank[self.words.end]]
        # Each text ends with a line end: none looks into the next.
        places = np.minimum(places, lexed.edges[text + 1] - 1)
        self.next: Bytes = data[places]
        assigned = (self.next == ord("=")) & (
            data[np.minimum(places + 1, len(data) - 1)] != ord("=")
        )
        self.first: Bytes = data[self.words.start]
        """[words], the first byte."""
        self.number: Flags = (self.first >= ord("0")) & (self.first <= ord("9"))
        prefix = (places == self.words.end) & among(self.next, b"\"'")
        self.name: Flags = (self.keyword < 0) & ~self.number & ~prefix
        self.attribute: Flags = self.name & (self.previous == ord("."))
        self.level: Places = self.depth[self.words.start]
        self.argument: Flags = self.name & assigned & (self.level > 0)
        """Names before a single `=` inside brackets: keyword arguments, and parameters."""
        self.key = mixed(self.words.hash + self.words.text.astype(np.uint64) * np.uint64(2**61 - 1))
        """[words], equal for equal words of one text."""
        self._bind(assigned)

    def _logical_lines(self) -> Lines:
        import numpy as np

        lexed, size = self.lexed, len(self.lexed.data)
        starts = np.append(0, np.flatnonzero(lexed.data[:-1] == 10) + 1)
        numbers = np.arange(len(starts))
        follows = np.ones(len(starts), bool)
        follows[np.searchsorted(starts, lexed.edges[:-1])] = False
        first = np.append(lexed.solid, size)[lexed.rank[starts]]
        there = first < np.append(starts[1:], size)
        starts, numbers, first, follows = (
            starts[there],
            numbers[there],
            first[there],
            follows[there],
        )
        # A line that begins inside a string, or behind a backslash, goes on with another.
        inside = (lexed.region[starts - 1] == lexed.region[starts]) & (lexed.region[starts] != CODE)
        inside |= (lexed.data[starts - 2] == ord("\\")) & follows
        chosen = ~inside & (lexed.region[first] != COMMENT) & (self.depth[first] <= 0)
        starts, numbers, first = starts[chosen], numbers[chosen], first[chosen]
        word = np.searchsorted(self.words.start, first)
        places, kinds = np.append(self.words.start, -1), np.append(self.keyword, [-1, -1])
        kind = np.where(places[word] == first, kinds[word], -1)
        kind = np.where(kind == KEYWORDS["async"], kinds[word + 1], kind)
        return Lines(first, first - starts, lexed.text_of(first), kind, numbers)

    def _bind(self, assigned: Flags) -> None:
        """Which words bind a name, and which read one."""
        import numpy as np

        text = self.words.text
        same = np.append(False, text[1:] == text[:-1]) if len(text) else np.zeros(0, bool)
        before = np.where(same, np.append(-1, self.keyword[:-1])[: len(same)], -1)
        self.before: Places = before
        """[words], the keyword that the word before is, or -1."""
        opening = np.append(self.lines.keyword, -1)[self.line]
        self.imported: Flags = are_keywords(opening, "import", "from")
        self.defined: Flags = self.name & are_keywords(before, "def", "class")
        header = opening == KEYWORDS["def"]
        opened = among(self.previous, b"(,*")
        self.parameter: Flags = self.name & header & (self.level == 1) & opened
        last = np.maximum.accumulate(np.where((self.keyword >= 0) | ~same, np.arange(len(same)), 0))
        last_keyword = self.keyword[last]
        loops = self.name & ~self.attribute & (last_keyword == KEYWORDS["for"])
        aliases = self.name & (before == KEYWORDS["as"])
        brought = self.name & self.imported & (last_keyword == KEYWORDS["import"])
        target = self._targets(assigned)
        self.bound: Flags = self.defined | self.parameter | loops | aliases | brought | target
        self.read: Flags = (
            self.name & ~self.bound & ~self.attribute & ~self.imported & ~self.argument
        )
        self.known: Flags = within(self.key, self.key[self.bound])
        """[words], whether the word's text binds such a name anywhere."""

    def _targets(self, assigned: Flags) -> Flags:
        """Names on the left of a line's first `=`: `a`, and `a, b`, but not `a.b` or `a[b]`."""
        import numpy as np

        chosen = self.name & ~self.attribute & (self.level <= 0)
        begins = np.append(self.lines.start, -1)[self.line] == self.words.start
        plain = chosen & assigned & (begins | (self.previous != ord(":")))
        left = np.full(len(self.lines.start) + 1, -1)
        left[self.line[plain]] = self.words.start[plain]
        ends = among(self.next, b",:")
        found: Flags = plain | (chosen & ends & (self.words.start < left[self.line]))
        return found


def are_keywords(numbers: Places, *names: str) -> Flags:
    """Which numbers are those of the keywords `names`; -1 is none."""
    import numpy as np

    table = np.zeros(len(KEYWORDS) + 1, bool)
    table[[KEYWORDS[name] for name in names]] = True
    found: Flags = table[numbers]
    return found


def within(keys: NDArray[np.uint64], others: NDArray[np.uint64]) -> Flags:
    """Which keys are among the others."""
    import numpy as np

    if not len(others):
        return np.zeros(len(keys), bool)
    ordered = np.sort(others)
    at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    found: Flags = ordered[at] == keys
    return found


def _depths(lexed: Lexed) -> Places:
    import numpy as np

    code = lexed.region == CODE
    change = np.zeros(256, np.int32)
    for opening, closing in ("()", "[]", "{}"):
        change[ord(opening)], change[ord(closing)] = 1, -1
    before = np.zeros(len(code) + 1, np.int32)
    np.cumsum(change[lexed.data] * code, out=before[1:])
    # Every text begins on the ground, whatever the one before left open.
    ground = np.repeat(before[lexed.edges[:-1]], np.diff(lexed.edges))
    return (before[:-1] - ground).astype(np.int64)


def _known(words: Words) -> tuple[Places, Flags]:
    """[words], the number of each keyword, -1 for others; and which words name a builtin."""
    import numpy as np

    found = _table().numbers(words.hash)
    return np.where(found < len(KEYWORDS), found, -1), found >= len(KEYWORDS)


@lru_cache(maxsize=1)
def _table() -> WordTable:
    return WordTable.of([*KEYWORDS, *BUILTINS.split()])
