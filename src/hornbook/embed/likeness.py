"""How like a textbook a piece of code is, by the words it uses.

The recorded textbooks and exercises stand for what is worth reading, general code for what there
is. From counts of words in both come: how rare a word is, how much it speaks for a textbook, a
space of few dimensions in which texts of like words lie close (latent semantic analysis, Deerwester
and others 1990), and the few hundred words that tell the two apart best. `tools/word_statistics.py`
made the file; it holds numbers and those few hundred words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from hornbook.embed.lexer import CODE, COMMENT, Lexed, Words
from hornbook.embed.threads import one_thread
from hornbook.embed.word_table import WordTable

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = dict[str, Floats]

NEAREST = (1, 5, 20)
"""Mean likeness to so many of the nearest textbooks, and exercises."""
_CLEAR = 1.0
"""Odds of e : 1 and more are clear."""
_BLOCK = 64
"""Texts multiplied at a time, the last ones filled up, so that a text's numbers don't depend on how
many others are asked with it: libraries of linear algebra round by the size of a matrix."""


@dataclass(frozen=True)
class WordStatistics:
    """What the words of textbooks and of code in general are like."""

    words: WordTable
    """Words of code, by their hashes."""
    rarity: Floats
    """[words], inverse document frequencies."""
    odds: Floats
    """[2, words], logarithms of the odds for a textbook's code, and for an exercise."""
    basis: Floats
    """[words, dimensions]"""
    textbooks: Floats
    """[textbooks, dimensions], of length 1."""
    exercises: Floats
    telling_code: tuple[str, ...]
    telling_prose: tuple[str, ...]
    topics: tuple[str, ...]
    """[textbooks], what each is about."""


@lru_cache(maxsize=1)
def word_statistics() -> WordStatistics:
    """The statistics that ship with the program."""
    return statistics_from(files("hornbook.embed") / "data")


def statistics_from(folder: Traversable) -> WordStatistics:
    """What `tools/word_statistics.py` wrote into a folder."""
    import numpy as np
    from safetensors.numpy import load

    tensors = load((folder / "words.safetensors").read_bytes())
    telling = json.loads((folder / "telling.json").read_text(encoding="utf-8"))
    numbers = {name: tensors[name].astype(np.float64) for name in tensors if name != "words"}
    return WordStatistics(
        words=WordTable(tensors["words"]),
        telling_code=tuple(telling["code"]),
        telling_prose=tuple(telling["prose"]),
        topics=tuple(telling["topics"]),
        **numbers,
    )


@dataclass(frozen=True)
class Nearest:
    """The textbook that each text is most like."""

    number: NDArray[np.int64]
    """[texts], its place among `WordStatistics.topics`."""
    likeness: Floats
    """[texts], the cosine of the angle between the two."""


def likeness_features(lexed: Lexed, statistics: WordStatistics) -> tuple[Columns, Nearest]:
    """Likeness to textbooks and exercises, and how much the words speak for them, [texts] each."""
    import numpy as np

    counts = word_counts(lexed, code_words(lexed), statistics.words)
    placed = _placed(counts, statistics)
    found: Columns = {}
    for name, table in (("textbooks", statistics.textbooks), ("exercises", statistics.exercises)):
        alike = _product(placed, table.T)
        if name == "textbooks":
            nearest = Nearest(alike.argmax(axis=1), alike.max(axis=1))
        alike.sort(axis=1)
        for count in NEAREST:
            found[f"{name}_nearest_{count}"] = alike[:, -count:].mean(axis=1)
        found[f"{name}_all"] = alike.mean(axis=1)
        middle = table.mean(axis=0)
        found[f"{name}_middle"] = (placed * (middle / np.linalg.norm(middle))).sum(axis=1)
    for name, odds in zip(("textbooks", "exercises"), statistics.odds, strict=True):
        found |= {f"{name}_{kind}": value for kind, value in _odds(counts, odds).items()}
    return found, nearest


def telling_features(lexed: Lexed, statistics: WordStatistics) -> Floats:
    """log(1 + count) of each telling word, [texts, words]: those of code, then those of prose."""
    import numpy as np

    code = word_counts(lexed, code_words(lexed), _table(statistics.telling_code))
    prose = word_counts(lexed, prose_words(lexed), _table(statistics.telling_prose))
    found: Floats = np.log1p(np.concatenate([code.toarray(), prose.toarray()], axis=1))
    return found


def code_words(lexed: Lexed) -> Words:
    return lexed.words.where(lexed.words.region == CODE)


def prose_words(lexed: Lexed) -> Words:
    """The words of comments and docstrings, in parts and in lower case."""
    return lexed.subwords.where(lexed.subwords.region >= COMMENT)


def word_counts(lexed: Lexed, words: Words, known: WordTable) -> sp.csr_matrix:
    """How often each known word stands in each text, [texts, known]."""
    import numpy as np
    import scipy.sparse as sp

    numbers = known.numbers(words.hash)
    found = numbers >= 0
    # Sorted by text, then by word, so that sums are added up in the same order in any company.
    keys = np.sort(words.text[found] * len(known) + numbers[found])
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else keys
    counts = np.diff(np.append(first, len(keys)))
    keys = keys[first]
    edges = np.searchsorted(keys, np.arange(lexed.texts + 1) * len(known))
    return sp.csr_matrix(
        (counts.astype(np.float64), keys % len(known), edges), shape=(lexed.texts, len(known))
    )


def weighted(counts: sp.csr_matrix, rarity: Floats) -> sp.csr_matrix:
    """(1 + log count) x rarity, each row of length 1."""
    import numpy as np
    import scipy.sparse as sp

    values = (1 + np.log(counts.data)) * rarity[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(rows, values**2, counts.shape[0]))
    return sp.csr_matrix(
        (values / np.maximum(lengths, 1e-12)[rows], counts.indices, counts.indptr), counts.shape
    )


def unit(rows: Floats) -> Floats:
    import numpy as np

    scaled: Floats = rows / np.maximum(np.sqrt((rows**2).sum(axis=1, keepdims=True)), 1e-12)
    return scaled


def _placed(counts: sp.csr_matrix, statistics: WordStatistics) -> Floats:
    """Where the texts lie in the space of few dimensions, [texts, dimensions]."""
    return unit(weighted(counts, statistics.rarity) @ statistics.basis)


def _product(rows: Floats, table: Floats) -> Floats:
    import numpy as np

    parts = []
    with one_thread():
        for start in range(0, len(rows), _BLOCK):
            part = np.zeros((_BLOCK, rows.shape[1]))
            part[: len(rows) - start] = rows[start : start + _BLOCK]
            parts.append(part @ table)
    return np.concatenate(parts)[: len(rows)] if parts else np.zeros((0, table.shape[1]))


def _odds(counts: sp.csr_matrix, odds: Floats) -> Columns:
    import numpy as np

    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    words = odds[counts.indices]

    def mean(values: Floats, weights: Floats) -> Floats:
        total = np.bincount(rows, weights, counts.shape[0])
        return np.bincount(rows, values * weights, counts.shape[0]) / np.maximum(total, 1)

    once = np.ones(len(words))
    return {
        "odds": mean(words, counts.data),
        "distinct_odds": mean(words, once),
        "speaking_for": mean((words > _CLEAR).astype(float), once),
        "speaking_against": mean((words < -_CLEAR).astype(float), once),
    }


@lru_cache(maxsize=4)
def _table(words: tuple[str, ...]) -> WordTable:
    return WordTable.of(words)
