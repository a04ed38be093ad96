from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hornbook.embed import CodeEmbedder, embedder_for
from hornbook.errors import ConfigError
from hornbook.teacher import recorded_exercises

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


def one(text: str) -> np.ndarray:  # type: ignore[type-arg]
    return EMBEDDER.embed([text])[0]


def features(text: str) -> dict[str, float]:
    """The named numbers of a text's vector."""
    return dict(zip(EMBEDDER.names, one(text).tolist(), strict=True))


def test_every_number_has_a_name_of_its_own() -> None:
    """As many names as numbers, and one vector a text."""
    assert len(set(EMBEDDER.names)) == EMBEDDER.dimension
    vectors = EMBEDDER.embed([CODE, "", "x = 1"])
    assert vectors.shape == (3, EMBEDDER.dimension)
    assert vectors.dtype == np.float32
    assert EMBEDDER.embed([]).shape == (0, EMBEDDER.dimension)


@given(st.lists(ANYTHING | CODE_LIKE, max_size=4))
@example([".A", ".A"])
@example(["x", "    :a"])
def test_any_text_has_a_vector(texts: list[str]) -> None:
    """Finite numbers, the same alone as in company, unpaired surrogates and control characters included."""
    vectors = EMBEDDER.embed(texts)
    assert np.isfinite(vectors).all()
    for vector, text in zip(vectors, texts, strict=True):
        assert (vector == one(text)).all()


def test_real_code_has_the_same_vector_in_any_company() -> None:
    """Hundreds of texts, cut and multiplied together, forwards and backwards."""
    texts = [exercise.program for exercise in recorded_exercises()[:300]]
    together = EMBEDDER.embed(texts)
    assert (together == EMBEDDER.embed(texts[::-1])[::-1]).all()
    assert all((together[n] == one(texts[n])).all() for n in range(0, 300, 29))


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
        "(" * 100_000,
        "x = " + "-" * 100_000 + "1",
        "x" + ".a" * 50_000,
        "lambda: " * 5_000 + "1",
        "\n".join(" " * n + "if x:" for n in range(300)),
        "x = '" + "\\'" * 50_000,
        '"""' * 50_001,
        "'" * 100_000,
        "\\" * 100_000,
        '"""' + '\\"' * 50_000,
        "x" * 300_000,
        "\n" * 100_000,
    ],
)  # fmt: skip
def test_hostile_text_costs_no_more_than_other_text(text: str) -> None:
    """Nothing is read twice, so no text of a few hundred kilobytes takes seconds."""
    started = time.process_time()
    assert np.isfinite(one(text)).all()
    assert time.process_time() - started < 5


def test_empty_text_is_all_but_nothing() -> None:
    """No word, no function, and no share of anything."""
    found = features("")
    silent = ("functions", "log_words", "digits", "strings", "name_characters", "comment_lines")
    assert all(found[name] == 0 for name in silent)


def test_an_exercise_is_more_like_exercises_than_a_table_is() -> None:
    """What a teacher wrote lies nearer to the textbooks than data and glue do."""
    table = features(
        "CODES = {\n" + "".join(f"    0x{n:04x}: 'U+{n}',\n" for n in range(90)) + "}\n"
    )
    glue = features("from .core import *\nfrom .core import __all__, __version__\n" * 4)
    taught = features(recorded_exercises()[7].program)
    for name in ("exercises_nearest_1", "exercises_all", "textbooks_nearest_5"):
        assert taught[name] > max(table[name], glue[name])
    assert taught["exercises_odds"] > glue["exercises_odds"]


def test_telling_words_are_counted_by_name() -> None:
    """`result` in code is one number, and `result` in a comment another."""
    names = EMBEDDER.names
    in_code = next(name for name in names if name.endswith(" in code"))
    word = in_code.split("`")[1]
    found, without = features(f"{word} = 1\n"), features("zzz = 1\n")
    assert found[in_code] == pytest.approx(np.log(2))
    assert without[in_code] == 0


def test_an_embedder_is_had_by_its_name() -> None:
    """By the setting's word and by the name that a kept filter holds; others are refused."""
    assert embedder_for("code").name == embedder_for(EMBEDDER.name).name == EMBEDDER.name
    with pytest.raises(ConfigError, match=f"this version makes `{EMBEDDER.name}`; fit the filter"):
        embedder_for("code-1")
    with pytest.raises(ConfigError, match="no embedder `magic`"):
        embedder_for("magic")
