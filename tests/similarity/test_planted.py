"""Facts about planted near duplicates: what the variants are, and how well they are found."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from hornbook.similarity import planted
from hornbook.similarity.planted import KINDS, Planted, chosen, curve, plant, score, search


@pytest.fixture(scope="module")
def files() -> list[str]:
    """Real files: the standard library's own, of its top folder."""
    folder = Path(random.__file__).parent
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("[a-r]*.py"))]


@pytest.fixture(scope="module")
def result(files: list[str]) -> dict[str, object]:
    return search(files, 0.8, seed=1, files=40)


def test_near_duplicates_of_real_files_are_found(result: dict[str, dict[str, dict]]) -> None:
    """Nearly all of those that are alike, and nearly nothing else."""
    every, kinds = result["all"], result["kinds"]
    assert every["alike"] > 150
    assert every["recall"][0] > 0.93
    assert every["precision"][0] > 0.93
    assert kinds["white-space"]["recall"][0] == kinds["moved"]["recall"][0] == 1
    assert kinds["same-imports"]["found"] == 0


def test_the_curve_is_steep(result: dict[str, list[dict[str, float]]]) -> None:
    """Of what is far below the threshold nothing is found, of what is far above it all."""
    low = [each for each in result["curve"] if each["from"] < 0.65]
    high = [each for each in result["curve"] if each["from"] >= 0.9]
    assert sum(each["found"] for each in low) == 0
    assert all(each["found"] == each["planted"] for each in high)
    assert low
    assert high


def test_counts_add_up(result: dict[str, dict[str, dict]]) -> None:
    """The kinds' counts are those of all together, and what is right is both alike and found."""
    assert result["files"] == 40
    for name in ("planted", "alike", "found", "right"):
        assert sum(kind[name] for kind in result["kinds"].values()) == result["all"][name]
    assert sum(each["planted"] for each in result["curve"]) == result["all"]["planted"] == 400
    json.dumps(result, allow_nan=False)


def test_the_texts_order_changes_nothing(files: list[str]) -> None:
    """Nor do texts that can't be varied."""
    straight = search(files, 0.8, seed=1, files=5)
    turned = search(["x = 1\n", *files[::-1]], 0.8, seed=1, files=5)
    assert straight == turned
    assert search(files, 0.8, seed=2, files=5) != straight


def test_no_text_that_can_be_varied_is_an_answer_too() -> None:
    """There is nothing to share then."""
    nothing = search(["x = 1\n"], 0.8, seed=1)
    assert nothing["files"] == 0
    assert nothing["all"]["recall"] is None
    assert nothing["curve"] == []


def test_a_variant_is_what_its_kind_says(files: list[str]) -> None:
    """Names get others, functions others' places, and a head stays where the rest goes."""
    originals = chosen(files, seed=3, files=2)
    made = {one.kind: one.text for one in plant(originals, 3) if one.original == 0}
    text, other = originals
    assert set(made) == set(KINDS)
    assert made["white-space"].split() == text.split()
    assert sorted(made["moved"].split()) == sorted(text.split())
    assert made["moved"].split() != text.split()
    assert "'" not in made["quotes"]
    _, *theirs = planted._pieces(other)
    assert made["same-imports"] == planted._pieces(text)[0] + "".join(theirs)
    assert "".join(planted._pieces(text)) == text
    assert plant(originals, 3) == plant(originals, 3)


def test_decorators_stay_with_their_functions() -> None:
    """A piece begins with the first of them."""
    text = "import a\n\n@one\n@two\ndef f():\n    pass\n\nclass C:\n    def g(self): ...\n"
    assert planted._pieces(text) == [
        "import a\n\n", "@one\n@two\ndef f():\n    pass\n\n", "class C:\n    def g(self): ...\n",
    ]  # fmt: skip
    assert planted._pieces("def f(): ...\n") == ["", "def f(): ...\n"]


def test_a_score_has_intervals() -> None:
    """Wilson's, as published: 1 of 1 is no certainty."""
    answers = [(0.9, True), (0.9, True), (0.85, False), (0.5, True), (0.1, False)]
    found = score(answers, 0.8)
    assert (found["alike"], found["found"], found["right"]) == (3, 3, 2)
    assert found["recall"] == found["precision"] == [0.6667, 0.2077, 0.9385]
    assert score([(1.0, True)], 0.8)["recall"] == [1.0, 0.2065, 1.0]
    assert curve(answers)[-1] == {"from": 0.9, "planted": 2, "found": 2}
    assert hash(Planted("a", 1, "b"))
