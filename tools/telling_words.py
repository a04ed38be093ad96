"""What word statistics of code and of prose are made by: counts, odds, a space of few dimensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from hornbook.embed.lexer import Lexed, Words
from hornbook.embed.likeness import word_counts
from hornbook.embed.word_table import WordTable


@dataclass(frozen=True)
class Cut:
    """How texts become words."""

    lexed: Callable[[Sequence[str]], Any]
    words: Callable[[Any], Words]
    lower: bool
    """Whether words are spelt in lower case."""

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[Lexed, Words]]:
        for start in range(0, len(texts), 200):
            lexed = self.lexed(texts[start : start + 200])
            yield lexed, self.words(lexed)


def texts_with(texts: Sequence[str], cut: Cut) -> dict[int, int]:
    """In how many texts each word stands, by its hash."""
    found = [np.zeros(0, np.uint64)]
    for _, words in cut.batches(texts):
        pairs = np.unique(np.stack([words.hash, words.text.astype(np.uint64)]), axis=1)
        found.append(pairs[0])
    hashes, counts = np.unique(np.concatenate(found), return_counts=True)
    return dict(zip(hashes.tolist(), counts.tolist(), strict=True))


def counts_of(texts: Sequence[str], known: Any, cut: Cut) -> sp.csr_matrix:
    """[texts, known]"""
    table = WordTable(known)
    return sp.vstack(
        [word_counts(each, words, table) for each, words in cut.batches(texts)]
    ).tocsr()


def having(counts: sp.csr_matrix) -> Any:
    """In how many texts each word stands, [words]."""
    return np.asarray((counts > 0).sum(axis=0)).ravel()


def space(tables: Sequence[sp.csr_matrix], dimensions: int) -> Any:
    """The first axes of all texts together, the widest first, [words, dimensions]."""
    together = sp.vstack(tables)
    start = np.random.default_rng(0).normal(size=min(together.shape))
    _, sizes, axes = svds(together, k=dimensions, v0=start)
    return axes[np.argsort(-sizes)].T.astype(np.float16)


def log_odds(here: Any, texts: int, there: Any, other_texts: int) -> Any:
    return np.log((here + 1) / (texts + 2)) - np.log((there + 1) / (other_texts + 2))


def telling(
    general: Sequence[str], good: Sequence[str], cut: Cut, most: int, least_texts: int
) -> list[str]:
    """The `most` words whose odds differ most, rare ones counting less, in no order."""
    here, there = texts_with(good, cut), texts_with(general, cut)
    weights = {}
    for word in here.keys() | there.keys():
        both = here.get(word, 0) + there.get(word, 0)
        if both >= least_texts:
            odds = log_odds(here.get(word, 0), len(good), there.get(word, 0), len(general))
            weights[word] = abs(float(odds)) * (both / (len(good) + len(general))) ** 0.5
    chosen = set(sorted(weights, key=lambda word: (-weights[word], word))[:most])
    return list(_spelt([*good, *general], cut, chosen).values())


def _spelt(texts: Sequence[str], cut: Cut, wanted: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for lexed, words in cut.batches(texts):
        new = np.isin(words.hash, np.array(sorted(wanted - found.keys()), np.uint64))
        for start, end, word in zip(
            words.start[new], words.end[new], words.hash[new].tolist(), strict=True
        ):
            spelt = bytes(lexed.data[start:end]).decode("utf-8", "replace")
            found[word] = spelt.lower() if cut.lower else spelt
        if len(found) == len(wanted):
            break
    return found
