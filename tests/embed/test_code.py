from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.embed import CodeEmbedder, layout, syntax
from hornbook.embed.words import bucket, subwords, word_features

CODE = '''"""Sums."""
import os
from json import loads

LIMIT = 10


class Adder:
    def __init__(self, start: int) -> None:
        self.total = start

    def add(self, values):
        """Add the values to the total."""
        for value in values:
            if value > LIMIT:
                self.total += value
        return self.total


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)
'''
EMBEDDER = CodeEmbedder()
ANYTHING = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
CODE_LIKE = st.text(alphabet="abdef_XY \n\t()[]{}:=.,'\"\\#@01\x00\x0c\r\u2028é", max_size=80)
SYNTAX = slice(len(layout.NAMES), len(layout.NAMES) + len(syntax.NAMES))


def one(text: str) -> np.ndarray:  # type: ignore[type-arg]
    return EMBEDDER.embed([text])[0]


def features(text: str) -> dict[str, float]:
    """The named numbers of a text's vector."""
    return dict(zip((*layout.NAMES, *syntax.NAMES), one(text).tolist(), strict=False))


def test_a_vector_is_layout_syntax_names_and_prose() -> None:
    """As many numbers as its parts have, each with a name or a bucket."""
    embedder = CodeEmbedder(name_buckets=7, prose_buckets=5)
    assert embedder.words == 12
    assert embedder.dimension == len(layout.NAMES) + len(syntax.NAMES) + 12
    assert len({*layout.NAMES, *syntax.NAMES}) == embedder.dimension - 12
    vectors = embedder.embed([CODE, "", "x = 1"])
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    assert embedder.embed([]).shape == (0, embedder.dimension)
    assert embedder.name != EMBEDDER.name


@given(st.lists(ANYTHING | CODE_LIKE, max_size=4))
def test_any_text_has_a_vector(texts: list[str]) -> None:
    """Finite numbers, the same alone as in company, unpaired surrogates and control characters included."""
    vectors = EMBEDDER.embed(texts)
    assert np.isfinite(vectors).all()
    for vector, text in zip(vectors, texts, strict=True):
        assert (vector == one(text)).all()


def digests_in_a_fresh_process(hash_seed: str) -> str:
    program = (
        "import sys, hashlib\nfrom hornbook.embed import CodeEmbedder\n"
        "texts = [sys.stdin.read(), 'x = (', '', 'def né(): pass']\n"
        "print(hashlib.sha256(CodeEmbedder().embed(texts).tobytes()).hexdigest())"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], input=CODE, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )  # fmt: skip
    return result.stdout


def test_a_vector_is_the_same_in_every_process() -> None:
    """Words are hashed by their letters and not by Python's seeded hash."""
    assert digests_in_a_fresh_process("1") == digests_in_a_fresh_process("2")


def test_embedding_needs_no_torch() -> None:
    """A fresh process that imports the room and embeds a text has not loaded it."""
    program = (
        "import sys\nfrom hornbook.embed import CodeEmbedder\nCodeEmbedder().embed(['x = 1'])\n"
        "print('torch' in sys.modules, 'numpy' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    "text",
    [
        "x = (", "print 'Python 2'", "def f(:\n", "x = 1\n  y = 2\n", "\x00", "a\x00b = 1",
        "\ud800 = 1", "# coding: nonsense\nx = ", "    return\n  x", "('" * 50,
    ],
)  # fmt: skip
def test_what_can_not_be_parsed_has_its_layout_and_words(text: str) -> None:
    """The syntax part is all zero, and the rest is not."""
    vector = one(text)
    assert not vector[SYNTAX].any()
    assert vector[: SYNTAX.start].any()
    assert one("x = 1")[SYNTAX].any()


def chain(terms: int) -> str:
    return "x = " + " + ".join(["1"] * terms)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "[" * 150 + "]" * 150,
        "x = " + "-" * 100_000 + "1",
        "not " * 50_000 + "x",
        "x" + ".a" * 50_000,
        "x" + "[0]" * 30_000,
        "lambda: " * 5_000 + "1",
        "f(" * 150 + ")" * 150,
        chain(20_000),
        "\n".join(" " * n + "if x:" for n in range(300)),
        "x = '" + "\\'" * 5_000,
        '"""' * 5_001,
    ],
)  # fmt: skip
def test_deep_nesting_does_no_harm(text: str) -> None:
    """Neither the parser's limits nor Python's stack end the work."""
    assert np.isfinite(one(text)).all()


def from_below(frames: int, work: Callable[[], bool]) -> bool:
    """The result of `work`, called with so many more frames on the stack."""
    return work() if frames == 0 else from_below(frames - 1, work)


@pytest.mark.parametrize("terms", [500, 900, 990, 1010, 1500, 2000, 2500, 2900])
def test_the_callers_depth_is_no_part_of_a_vector(terms: int) -> None:
    """A worker process stands elsewhere on its stack than a test does, and Python's parser minds."""
    wanted = one(chain(terms))
    assert from_below(500, lambda: bool((one(chain(terms)) == wanted).all()))
    assert wanted[SYNTAX].any() == (terms < 1000)


def test_empty_text_is_all_but_nothing() -> None:
    """No word, no node but the module, and no share of anything."""
    found = features("")
    assert not one("")[-EMBEDDER.words :].any()
    assert found["parsed"] == found["node_Module"] == 1.0
    assert found["punctuation"] == found["digits"] == found["name_characters"] == 0


def test_layout_counts_what_is_seen() -> None:
    """Shares of characters add up; lines, indents and comments are those of the page."""
    text = "# note\n\nx = 'ab'\nif x:\n        y = 12\n"
    found = features(text)
    parts = ("doc", "comment", "string", "number", "name")
    spaces = sum(map(str.isspace, text)) - 1  # the one inside the comment is the comment's
    shares = sum(found[f"{part}_characters"] for part in parts) + found["punctuation"]
    assert shares == pytest.approx((len(text) - spaces) / len(text))
    assert found["blank_lines"] == pytest.approx(1 / 5)
    assert found["comment_lines"] == pytest.approx(1 / 4)
    assert found["deepest_indent"] == 8
    assert found["longest_line"] == pytest.approx(np.log1p(14))
    assert found["string_characters"] == pytest.approx(4 / len(text))
    assert found["number_characters"] == pytest.approx(2 / len(text))


def test_syntax_tells_how_names_are_bound_and_used() -> None:
    """Functions, recursion, documentation, imports and loops of a real module."""
    found = features(CODE)
    assert found["functions"] == pytest.approx(np.log1p(3))
    assert found["documented"] == pytest.approx(1 / 3)
    assert found["recursive"] == pytest.approx(1 / 3)
    assert found["dunder_methods"] == pytest.approx(1 / 3)
    assert found["annotated_arguments"] == pytest.approx(1 / 3)
    assert found["loops_each"] == pytest.approx(1 / 3)
    assert found["library_imports"] == pytest.approx(np.log1p(2))
    assert found["foreign_imports"] == found["relative_imports"] == 0
    assert found["self_names"] > 0


def test_shares_of_nodes_add_up() -> None:
    """All kinds of nodes of this module are counted, so their shares make one."""
    assert sum(v for n, v in features(CODE).items() if n.startswith("node_")) == pytest.approx(1)


def test_an_indented_piece_is_parsed_dedented() -> None:
    """The body of a function cut out of its module still has a syntax."""
    piece = "    total = 0\n    for x in y:\n        total += x\n"
    plain = "total = 0\nfor x in y:\n    total += x\n"
    assert (one(piece)[SYNTAX] == one(plain)[SYNTAX]).all()
    assert one(piece)[SYNTAX].any()


def test_words_are_square_roots_of_shares() -> None:
    """Squares add up to 1 for names and for prose; the order of the words is no part of them."""
    names = word_features(layout.Page("alpha beta alpha gamma # some prose here"), 64, 32)
    assert float((names[:64] ** 2).sum()) == pytest.approx(1)
    assert float((names[64:] ** 2).sum()) == pytest.approx(1)
    turned = word_features(layout.Page("gamma alpha beta alpha # here some prose"), 64, 32)
    assert (names == turned).all()
    assert names[bucket("alpha", 64)] == pytest.approx(np.sqrt(1 / 2))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("snake_case_2", ("snake", "case", "2")),
        ("CamelCase", ("camel", "case")),
        ("HTTPServer", ("http", "server")),
        ("x", ("x",)),
        ("__init__", ("init",)),
        ("é", ()),
        ("_", ()),
    ],
)
def test_names_are_read_by_their_parts(name: str, parts: tuple[str, ...]) -> None:
    """So that `total_count` and `countTotal` share their words."""
    assert subwords(name) == parts
