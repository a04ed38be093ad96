"""Facts about exact overlap of word n-grams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.similarity.ngrams import NgramIndex, words

WORDS = st.lists(st.sampled_from(["a", "b", "c", "1", "2"]), max_size=25).map(" ".join)


def index_of(texts: dict[str, str], n: int = 3, min_letters: int = 0) -> NgramIndex:
    index = NgramIndex(n=n, min_letters=min_letters)
    for name, text in texts.items():
        index.add(name, text)
    return index.freeze()


def grams(text: str, n: int, min_letters: int) -> list[tuple[str, ...]]:
    sequence = text.split()
    every = [tuple(sequence[at : at + n]) for at in range(len(sequence) - n + 1)]
    return [gram for gram in every if sum(word.isalpha() for word in gram) >= min_letters]


@given(st.lists(WORDS, max_size=4), WORDS, st.integers(1, 4), st.integers(0, 3))
def test_scanning_finds_what_comparing_all_with_all_finds(
    texts: list[str], scanned: str, n: int, min_letters: int
) -> None:
    """Every shared n-gram with enough letters counts at each of its places, and no other."""
    index = index_of({f"t{at}": text for at, text in enumerate(texts)}, n, min_letters)
    wanted = {}
    for at, text in enumerate(texts):
        shared = [g for g in grams(scanned, n, min_letters) if g in grams(text, n, min_letters)]
        if shared:
            wanted[f"t{at}"] = (len(shared), " ".join(shared[0]))
    assert index.scan(scanned) == wanted


@given(st.text(max_size=60))
def test_words_are_lower_case_letters_or_digits(text: str) -> None:
    """Nothing else is a word, and cutting the words again changes none."""
    found = words(text)
    assert all(word and "_" not in word and not word.isspace() for word in found)
    assert words(" ".join(found)) == found
    assert words(text.upper()) == words(text.upper().lower())


def test_marks_case_and_line_ends_do_not_hide_a_copy() -> None:
    """What is between the words does not count, and an identifier gives its parts."""
    index = index_of({"t": "return the largest of all values"}, n=6)
    assert index.scan("# Return,\n#   THE_largest: of-all (values)!") == {
        "t": (1, "return the largest of all values")
    }


def test_an_unknown_word_breaks_a_run() -> None:
    """One word put in between is enough; a word is unknown where no indexed text has it."""
    index = index_of({"t": "one two three four"}, n=4)
    assert index.scan("one two three four")
    assert not index.scan("one two new three four")
    assert not index.scan("one two new four")


def test_rows_of_numbers_accuse_nobody() -> None:
    """Thirteen numbers in a row are in half of all programs; thirteen words are a copy."""
    numbers = " ".join(map(str, range(40)))
    prose = "every one of these words stands here so that the run is long enough"
    index = NgramIndex()
    index.add("numbers", numbers)
    index.add("prose", prose)
    index.freeze()
    assert index.scan(numbers) == {}
    assert set(index.scan(f"{numbers} {prose}")) == {"prose"}


def test_a_short_text_gives_nothing_and_finds_nothing() -> None:
    """Fewer words than n are no n-gram on either side."""
    assert index_of({"t": "a b"}).scan("a b c d") == {}
    assert index_of({"t": "a b c"}).scan("a b") == {}
    assert index_of({}).scan("a b c d") == {}


def test_the_index_is_frozen_before_it_is_scanned() -> None:
    """A scan of what is not ready is an error and not a clean bill."""
    index = NgramIndex(n=2)
    index.add("t", "a b c")
    with pytest.raises(RuntimeError, match="freeze"):
        index.scan("a b c")
