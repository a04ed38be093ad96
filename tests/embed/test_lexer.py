from __future__ import annotations

import io
import sysconfig
import tokenize
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hornbook.embed.lexer import CODE, COMMENT, DOCSTRING, STRING, Lexed, hash_of
from hornbook.embed.word_table import WordTable

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
MODULES = ("heapq", "bisect", "textwrap", "csv", "ast", "fractions", "shlex", "difflib", "cmd")
WORDS = st.text("abcXYZ_09", min_size=1, max_size=9)


def words_of(lexed: Lexed, text: int, region: int) -> list[str]:
    words = lexed.words
    chosen = (words.text == text) & (words.region == region)
    spans = zip(words.start[chosen], words.end[chosen], strict=True)
    return [bytes(lexed.data[low:high]).decode() for low, high in spans]


def test_code_is_told_from_strings_and_comments_as_python_tells_them() -> None:
    """On modules of the standard library the names outside strings are those of `tokenize`."""
    texts = [(LIBRARY / f"{name}.py").read_text(encoding="utf-8") for name in MODULES]
    lexed = Lexed(texts)
    for number, text in enumerate(texts):
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        wanted = [token.string for token in tokens if token.type == tokenize.NAME]
        prefixes = {"r", "b", "f", "rb", "br", "u"}
        found = [w for w in words_of(lexed, number, CODE) if not w[0].isdigit()]
        found = [word for word in found if word.lower() not in prefixes]
        assert found == [word for word in wanted if word.lower() not in prefixes]


def test_regions_are_what_they_look_like() -> None:
    """A hash in a string begins no comment, a quote in a comment no string."""
    text = 'a = \'# no\'  # it\'s\nb = """two\nlines"""\nc = \'open\nd = 1\n'
    lexed = Lexed([text])
    assert words_of(lexed, 0, STRING) == ["no", "open"]
    assert words_of(lexed, 0, COMMENT) == ["it", "s"]
    assert words_of(lexed, 0, DOCSTRING) == ["two", "lines"]
    assert words_of(lexed, 0, CODE) == ["a", "b", "c", "d", "1"]


def test_an_open_string_ends_with_its_text() -> None:
    """What one text leaves open does not swallow the next."""
    lexed = Lexed(["x = '''never closed", "y = 'nor this", "z = 1"])
    assert [words_of(lexed, n, CODE) for n in range(3)] == [["x"], ["y"], ["z", "1"]]


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, min_size=1, max_size=8))
def test_equal_words_have_equal_hashes_wherever_they_stand(
    before: list[str], words: list[str]
) -> None:
    """A word's hash depends on its letters alone, and different words have different ones."""
    lexed = Lexed([" ".join(before), " ".join(words)])
    here = lexed.words.hash[lexed.words.text == 1].tolist()
    assert here == [hash_of(word) for word in words]
    assert len(set(here)) == len(set(words))


def test_names_are_read_by_their_parts() -> None:
    """So that `total_count` and `countTotal` share their words."""
    lexed = Lexed(["snake_case_2 CamelCase HTTPServer x __init__ _"])
    parts = lexed.subwords
    found = [
        bytes(lexed.data[low:high]).decode().lower()
        for low, high in zip(parts.start, parts.end, strict=True)
    ]
    assert found == ["snake", "case", "2", "camel", "case", "httpserver", "x", "init"]
    assert parts.hash[1] == parts.hash[4] == hash_of("case")


@given(st.lists(st.text(max_size=30), max_size=5))
def test_every_byte_belongs_to_its_text(texts: list[str]) -> None:
    """The histogram counts each byte of each text once, with the line end put behind it."""
    lexed = Lexed(texts)
    sizes = [len(text.encode("utf-8", "replace")) + 1 for text in texts]
    assert lexed.histogram.sum(axis=(1, 2)).tolist() == sizes


@given(st.lists(WORDS, unique=True, max_size=60), st.lists(WORDS, max_size=60))
def test_a_table_numbers_its_words_and_no_others(known: list[str], asked: list[str]) -> None:
    """As a dictionary would, however many words meet in a slot."""
    wanted = {word: number for number, word in enumerate(known)}
    hashes = np.array([hash_of(word) for word in asked], np.uint64)
    assert WordTable.of(known).numbers(hashes).tolist() == [wanted.get(w, -1) for w in asked]
