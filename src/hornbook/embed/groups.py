"""How much of a text's words belong to groups of words that tell what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from hornbook.embed.lexer import CODE, COMMENT, STRING, Lexed, Words
from hornbook.embed.logical import Code
from hornbook.embed.vocabulary import (
    ATTRIBUTE_GROUPS,
    CODE_GROUPS,
    PROSE_GROUPS,
    SUBWORD_GROUPS,
)
from hornbook.embed.word_table import WordTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = dict[str, Floats]


def group_features(code: Code) -> Columns:
    """The square root of each group's share, [texts] each.

    >>> from hornbook.embed.lexer import Lexed
    >>> found = group_features(Code(Lexed(["print(n)", "logger.info(n)"])))
    >>> found["printing"].round(2).tolist(), found["logging_words"].round(2).tolist()
    ([0.71, 0.0], [0.0, 0.82])
    """
    lexed = code.lexed
    prose = lexed.subwords.where(lexed.subwords.region >= COMMENT)
    return {
        **shares(lexed, code.words, CODE_GROUPS),
        **shares(lexed, code.words.where(code.attribute), ATTRIBUTE_GROUPS),
        **shares(lexed, prose, PROSE_GROUPS),
        **shares(lexed, lexed.subwords.where(lexed.subwords.region == CODE), SUBWORD_GROUPS),
        **shares(lexed, lexed.subwords.where(lexed.subwords.region == STRING), _STRING_GROUPS),
    }


_STRING_GROUPS = {
    "plain_strings": " ".join(CODE_GROUPS["plain_names"].split()),
    "system_strings": "http https www utf html css json xml sql select where error failed invalid"
    " must expected got not cannot unable",
}


def shares(lexed: Lexed, words: Words, groups: Mapping[str, str]) -> Columns:
    """The square root of each group's share of these words, [texts] each."""
    import numpy as np

    many = np.maximum(lexed.per_text(words.text), 1)
    table, group_of = _table(tuple(groups.items()))
    numbers = table.numbers(words.hash)
    known = numbers >= 0
    keys = words.text[known] * len(groups) + group_of[numbers[known]]
    size = lexed.texts * len(groups)
    counts = np.bincount(keys, minlength=size).reshape(-1, len(groups))
    return {name: np.sqrt(counts[:, at] / many) for at, name in enumerate(groups)}


@lru_cache(maxsize=8)
def _table(groups: tuple[tuple[str, str], ...]) -> tuple[WordTable, NDArray[np.int64]]:
    """All words, and the group of each; a word counts in its first one."""
    import numpy as np

    known: dict[str, int] = {}
    for number, (_, words) in enumerate(groups):
        for word in words.split():
            known.setdefault(word, number)
    return WordTable.of(known), np.array(list(known.values()), np.int64)
