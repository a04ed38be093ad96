from __future__ import annotations

import hashlib
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hornbook.embed import embedder_for
from hornbook.embed.prose import ProseEmbedder
from hornbook.embed.prose_lexer import BLOCK, ProseLexed
from hornbook.teacher import recorded_textbooks

EMBEDDER = ProseEmbedder()
ANYTHING = st.text(alphabet=st.characters(exclude_categories=()), max_size=80)
PAGE_LIKE = st.text(alphabet="abT .!?\n\n\t`~#-*>|=()'\"1é\u2028", max_size=120)
LICENCE = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"
    " and associated documentation files, to deal in the Software without restriction, subject to the"
    " following conditions. THE SOFTWARE IS PROVIDED AS IS, WITHOUT WARRANTY OF ANY KIND.\n"
) * 3


def one(text: str) -> np.ndarray:  # type: ignore[type-arg]
    return EMBEDDER.embed([text])[0]


def features(text: str) -> dict[str, float]:
    return dict(zip(EMBEDDER.names, one(text).tolist(), strict=True))


def test_every_number_has_a_name_of_its_own() -> None:
    """As many names as numbers, one vector a text, and the embedder is had by its name."""
    assert len(set(EMBEDDER.names)) == EMBEDDER.dimension
    assert EMBEDDER.embed([LICENCE, "", "Why?"]).shape == (3, EMBEDDER.dimension)
    assert EMBEDDER.embed([]).shape == (0, EMBEDDER.dimension)
    assert embedder_for("prose").name == embedder_for(EMBEDDER.name).name == EMBEDDER.name


@given(st.lists(ANYTHING | PAGE_LIKE, max_size=4))
@example(["00", "=00"])
@example(["x", ":a"])
def test_any_text_has_a_vector(texts: list[str]) -> None:
    """Finite numbers, the same alone as in company, unpaired surrogates included."""
    vectors = EMBEDDER.embed(texts)
    assert np.isfinite(vectors).all()
    for vector, text in zip(vectors, texts, strict=True):
        assert (vector == one(text)).all()


def test_real_prose_has_the_same_vector_in_any_company() -> None:
    texts = [row.text for row in recorded_textbooks()]
    together = EMBEDDER.embed(texts)
    assert (together == EMBEDDER.embed(texts[::-1])[::-1]).all()
    assert all((together[n] == one(texts[n])).all() for n in range(0, len(texts), 29))


def test_a_vector_is_the_same_in_a_fresh_process() -> None:
    """Nothing depends on Python's seeded hash, and no torch is loaded."""
    program = (
        "import sys, hashlib\nfrom hornbook.embed.prose import ProseEmbedder\n"
        "print(hashlib.sha256(ProseEmbedder().embed([sys.stdin.read()]).tobytes()).hexdigest())\n"
        "print('torch' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], input=LICENCE, capture_output=True, text=True, check=True
    )
    own = hashlib.sha256(EMBEDDER.embed([LICENCE]).tobytes()).hexdigest()
    assert result.stdout.split() == [own, "False"]


@pytest.mark.parametrize(
    "text",
    ["." * 200_000, "a " * 100_000, "\n" * 100_000, "```\n" * 40_001, "# a\n" * 40_000,
     "    x\n\n" * 30_000, "a" * 300_000, "a. " * 60_000],
)  # fmt: skip
def test_hostile_text_costs_no_more_than_other_text(text: str) -> None:
    started = time.process_time()
    assert np.isfinite(one(text)).all()
    assert time.process_time() - started < 5


def blocks(text: str) -> list[str]:
    """The lines of a text that count as code."""
    lexed = ProseLexed([text])
    rows = zip(lexed.lines.first, lexed.lines.end, lexed.lines.block, strict=True)
    return [bytes(lexed.data[a:b]).decode() for a, b, block in rows if block]


def test_code_is_no_prose() -> None:
    """Fenced, indented and prompted lines are blocks; lists and quotes are not."""
    text = "One.\n\n```python\nx = 1\n```\n\nTwo:\n\n    y = 2\n\n    z = 3\n\n>>> w\n\n- a\n    b\n> c\n"
    assert blocks(text) == ["```python", "x = 1", "```", "y = 2", "z = 3", ">>> w"]
    words = ProseLexed([text]).words
    assert (words.region == BLOCK).sum() == 8  # python x 1 y 2 z 3 w


def test_blocks_end_with_their_text() -> None:
    """A fence that is left open does not reach into the next text."""
    lexed = ProseLexed(["```\nopen", "plain words"])
    assert lexed.lines.block.tolist() == [True, True, False]


def sentences(text: str) -> list[int]:
    return ProseLexed([text]).sentence_lengths[0].tolist()


def test_sentences_end_where_a_reader_stops() -> None:
    """At marks before capitals and at paragraphs; not inside numbers, addresses and abbreviations."""
    assert sentences("It costs 3.14 pounds, e.g. here. Why? Because!") == [8, 1, 1]
    assert sentences('He said "stop." Then he left.') == [3, 3]
    assert sentences("A heading\n\nSome words\ngo on\n- an item\n- another") == [2, 4, 2, 1]
    assert sentences("") == sentences("...") == []


def test_kinds_of_text_differ_where_they_should() -> None:
    """A textbook explains and addresses its reader; a licence binds and says little of that."""
    taught, bound = features(recorded_textbooks()[3].text), features(LICENCE)
    for name in (
        "second_person",
        "explaining",
        "textbooks_nearest_5",
        "textbooks_odds",
        "questions",
    ):
        assert taught[name] > bound[name], name
    for name in ("legal", "repeated_lines", "repeated_phrases_of_5", "boilerplate_nearest_5"):
        assert bound[name] > taught[name], name


def test_telling_words_are_counted_by_name() -> None:
    found = features("Suppose that Suppose")
    assert found["`suppose`"] == pytest.approx(np.log(3))
