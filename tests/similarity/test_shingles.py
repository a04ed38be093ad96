"""Facts about shingles: what a token is, and that neighbours change nothing."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hornbook.similarity.shingles import (
    BLOCK,
    SHINGLE,
    blocks,
    jaccard,
    joined,
    shingle_hashes,
    shingle_set,
)

TEXTS = st.text("ab_1 ()\n=é—\x1c", max_size=40)


def shingles(text: str) -> list[tuple[str, ...]]:
    """The definition in four lines; a character stands for a byte of the text."""
    data = text.encode().decode("latin-1")
    tokens = re.findall(r"[0-9A-Za-z_\x80-\xff]+|[^0-9A-Za-z_\x80-\xff\t-\r\x1c-\x20]", data)
    width = min(SHINGLE, len(tokens))
    return [tuple(tokens[at : at + width]) for at in range(max(len(tokens) - SHINGLE + 1, 1))]


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_hashes_stand_for_shingles(texts: list[str]) -> None:
    """Equal hashes where shingles are equal and nowhere else, in one text or in two."""
    hashes, begins = shingle_hashes(*joined(texts))
    wanted = [each for text in texts for each in shingles(text)]
    assert np.diff(begins).tolist() == [len(shingles(text)) for text in texts]
    known = dict(zip(wanted, hashes.tolist(), strict=True))
    assert [known[each] for each in wanted] == hashes.tolist()
    assert len(set(known.values())) == len(known)


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_neighbours_and_white_space_change_nothing(texts: list[str]) -> None:
    """A text has the shingles it has alone, wherever its bytes stand, however it is spaced."""
    spaced = [f"\t{text.replace(' ', '   ')}\n" for text in texts]
    for written in (texts, spaced):
        hashes, begins = shingle_hashes(*joined(written))
        for text, (low, high) in zip(texts, pairwise(begins), strict=True):
            alone, _ = shingle_hashes(*joined([text]))
            assert np.array_equal(hashes[low:high], alone)


def test_a_text_longer_than_a_block_is_one_text() -> None:
    """A word of more bytes than a block, and the same words far from each other, hash alike."""
    word = "w" * (BLOCK + 5)
    far = f"{word} b c d e " + "x " * BLOCK + f"{word} b c d e"
    hashes, _ = shingle_hashes(*joined([far]))
    assert hashes[0] == hashes[-1]
    assert len(np.unique(hashes)) == len(set(shingles(far)))


@given(st.lists(st.integers(0, 3 * BLOCK), max_size=12))
def test_blocks_hold_every_text_once(sizes: list[int]) -> None:
    """All texts in order, and no block of two texts is much longer than a block."""
    starts = np.cumsum([0, *sizes], dtype=np.int64)
    found = list(blocks(starts))
    assert [at for each in found for at in range(each.start, each.stop)] == list(range(len(sizes)))
    assert all(starts[each.stop - 1] - starts[each.start] < BLOCK for each in found)


def test_jaccard_is_shared_over_all() -> None:
    """Sets, so that a shingle counts once; equal texts have 1."""
    one, other = shingle_set("a b c d e f a b c d e f"), shingle_set("a b c d e f")
    assert jaccard(one, one) == 1
    assert jaccard(one, other) == 2 / 6
    assert jaccard(shingle_set(""), shingle_set("a")) == 0
