"""Facts about the whole workbook: counts, splits, twins, seeds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from hornbook.config import scaled
from hornbook.records import Exercise, content_id
from hornbook.similarity.trees import tree_fingerprint
from hornbook.synthesis.config import SynthesisSettings
from hornbook.synthesis.workbook import Workbook, known, unknown, write, write_workbook
from hornbook.synthesis.workbook.family import Parameters, Sketch, Topic
from hornbook.synthesis.workbook.held_out import HeldOut, anonymous_tests, tree_of
from hornbook.synthesis.workbook.render import cases


@cache
def book_of(seed: int = 0, scale: float = 0.25) -> Workbook:
    return write_workbook(scaled(SynthesisSettings(), scale), seed)


def instances(rows: list[Exercise]) -> set[tuple[str, str]]:
    return {(row.family, row.parameters) for row in rows}


def test_the_whole_book_has_the_wanted_counts() -> None:
    """At full size: 6000 to train on, over 320 and 220 held out, and no family dominates."""
    settings = SynthesisSettings()
    book = write_workbook(settings, 7)
    assert len(book.train) == settings.train_exercises
    assert len(book.known) == settings.in_distribution >= 320
    assert len(book.unknown) == settings.unknown >= 220
    for rows, share in ((book.known, 0.08), (book.unknown, 0.09)):
        assert max(Counter(row.family for row in rows).values()) <= share * len(rows)
    assert len({row.family for row in book.unknown}) >= 14


@pytest.mark.parametrize("scale", [0.01, 0.05])
def test_a_small_book_is_still_a_book(scale: float) -> None:
    """Scaled down, every split keeps its least size, from many families."""
    settings = scaled(SynthesisSettings(), scale)
    book = book_of(0, scale)
    assert len(book.train) == settings.train_exercises >= 60
    assert len(book.known) == settings.in_distribution >= 17
    assert len(book.unknown) == settings.unknown >= 12
    for rows in (book.known, book.unknown):
        assert len({row.family for row in rows}) >= 11
        assert max(Counter(row.family for row in rows).values()) <= 0.1 * len(rows)


def test_same_seed_same_book_and_other_seed_other_book() -> None:
    """The book depends on settings and seed alone."""
    settings = scaled(SynthesisSettings(), 0.05)
    assert write_workbook(settings, 3) == write_workbook(settings, 3)
    assert write_workbook(settings, 3) != write_workbook(settings, 4)


@pytest.mark.parametrize("seed", [0, 1])
def test_no_training_exercise_is_a_twin_of_a_held_out_one(seed: int) -> None:
    """Apart by (family, parameters), by tree in every family, and by the tests."""
    book = book_of(seed)
    held = [*book.known, *book.unknown]
    assert not instances(book.train) & instances(held)
    trees = {tree_of(row.program) for row in held}
    assert not trees & {tree_of(row.program) for row in book.train}
    tests = {anonymous_tests(row) for row in held}
    assert not tests & {anonymous_tests(row) for row in book.train}


def test_unknown_families_are_never_trained_on() -> None:
    """Training rows and in-distribution rows are of known families, unknown rows of the others."""
    book = book_of()
    names = {family.name for family in known()}
    assert {row.family for row in [*book.train, *book.known]} <= names
    assert {row.family for row in book.unknown} <= {family.name for family in unknown()}
    splits = [{row.split for row in rows} for rows in (book.train, book.known, book.unknown)]
    assert splits == [{"train"}, {"in-distribution"}, {"unknown"}]


def test_rows_are_distinct_and_named_by_their_content() -> None:
    """Ids are the digests of the programs, each instance is held out once."""
    book = book_of()
    rows = [*book.train, *book.known, *book.unknown]
    assert all(row.id == content_id(row.prompt + row.solution) for row in rows)
    assert len({row.id for row in rows}) == len(rows)
    held = [*book.known, *book.unknown]
    assert len(instances(held)) == len(held)


def test_the_first_style_and_the_examples_are_as_frequent_as_asked() -> None:
    """Settings are shares; held-out rows always show the first style."""
    book = book_of()
    first = sum(row.style == "0" for row in book.train) / len(book.train)
    assert 0.75 < first < 0.85
    assert all(row.style == "0" for row in [*book.known, *book.unknown])
    shown = sum(">>>" in row.prompt for row in book.train) / len(book.train)
    assert 0.15 < shown <= 0.33
    none = scaled(SynthesisSettings(examples=0, first_style=1), 0.05)
    assert not any(">>>" in row.prompt or row.style != "0" for row in write_workbook(none, 0).train)


@pytest.mark.parametrize("split", ["train", "known", "unknown"])
def test_every_exercise_passes_its_tests(split: str) -> None:
    """What is written down is a prompt, a solution and tests that it passes."""
    rows: list[Exercise] = getattr(book_of(), split)
    for row in rows:
        exec(row.program + row.tests, {})
        assert row.prompt.endswith('"""\n')
        assert row.solution.endswith("\n")


def toy(hidden: int, constants: range, name: str = "add") -> Callable[[], list[object]]:
    """A family with a parameter that changes nothing, so that settings have twins."""
    topic = Topic("toy")

    def add_constant(p: Parameters) -> Sketch:
        k = p["k"]
        return Sketch(
            names=("add", "plus"),
            arguments={"n": ("n", "x")},
            signature="($n: int) -> int",
            wordings=(f"Return $n plus {k}.",),
            bodies=(f"return $n + {k}", f"total = $n + {k}\nreturn total"),
            reference=lambda n: n + k,
            inputs=lambda rng: [(rng.randint(0, 10**6),) for _ in range(4)],
        )

    add_constant.__name__ = name
    topic.family(k=constants, hidden=range(hidden))(add_constant)
    return lambda: list(topic.families)


@pytest.fixture
def twin_book(monkeypatch: pytest.MonkeyPatch) -> Workbook:
    monkeypatch.setattr(write, "known", toy(hidden=4, constants=range(30)))
    settings = SynthesisSettings(train_exercises=100, in_distribution=20, examples=0)
    return write_workbook(settings, 0)


def test_twins_are_dropped_and_named(twin_book: Workbook) -> None:
    """Where settings share a tree with a held-out one, in any style, the exercise is dropped."""
    held = {tree_of(row.program) for row in twin_book.known}
    assert twin_book.dropped
    assert {row.reason for row in twin_book.dropped} == {"held-out-twin"}
    assert not held & {tree_of(row.program) for row in twin_book.train}
    # Nothing vanishes, and what was dropped is named by where it comes from.
    assert all(row.collection == "add" for row in twin_book.dropped)
    kept_constants = {row.solution.split(" + ")[1].split()[0] for row in twin_book.train}
    held_constants = {row.solution.split(" + ")[1].split()[0] for row in twin_book.known}
    assert kept_constants
    assert not kept_constants & held_constants


def test_a_twin_of_another_family_is_dropped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown family's instance keeps its twin in a known family out of training."""
    monkeypatch.setattr(write, "known", toy(hidden=1, constants=range(80)))
    monkeypatch.setattr(write, "unknown", toy(hidden=1, constants=range(60, 100), name="other"))
    settings = SynthesisSettings(train_exercises=60, in_distribution=20, unknown=40)
    book = write_workbook(settings, 0)
    held = {tree_of(row.program) for row in book.unknown}
    assert book.dropped
    assert all("has the tree" in row.detail for row in book.dropped[-5:])
    assert not held & {tree_of(row.program) for row in book.train}


def test_no_training_setting_behaves_like_a_held_out_one() -> None:
    """No solution that is trained on passes the tests of a held-out instance of its family."""
    book = book_of()
    held: dict[str, list[Exercise]] = {}
    for row in book.known:
        held.setdefault(row.family, []).append(row)
    for row in book.train:
        for other in held[row.family]:
            program = f"{row.program}\n{other.name} = {row.name}\n{other.tests}"
            with pytest.raises(Exception):  # noqa: B017, PT011 - any failure will do
                exec(program, {})


def test_behaviour_counts_where_the_trees_differ() -> None:
    """Among integers, `greater than 4` and `at least 5` are one function."""
    family = next(family for family in known() if family.name == "keep-where")
    sketches = [family.sketch({"kind": kind, "k": k}) for kind, k in
                (("greater", 4), ("at-least", 5), ("at-least", 4))]  # fmt: skip
    tried = cases(sketches[0], random.Random(0))
    held_out = HeldOut(calls={"keep-where": [tried]})
    solved = [held_out.solved_by("keep-where", sketch.reference) for sketch in sketches]
    assert solved == [True, True, False]
    assert not held_out.solved_by("sum-where", sketches[0].reference)


def test_equal_tests_make_a_twin_though_the_program_differs() -> None:
    """Renaming the function and shuffling the asserts hides nothing."""
    book = book_of(0, 0.05)
    row = book.known[0]
    held_out = HeldOut()
    held_out.add(row, [row.program], [])
    lines = row.tests.replace(f" {row.name}(", " other(").splitlines()
    random.Random(0).shuffle(lines)
    twin = Exercise(
        "id", "workbook", "f", "{}", "0", "other", "def other(q):\n", "    return q\n",
        "\n".join(lines) + "\n",
    )  # fmt: skip
    assert held_out.shared(twin) == "tests"
    assert held_out.shared(row) == "tree"
    assert held_out.shared(book.train[0]) is None


def test_tree_of_leaves_imports_aside() -> None:
    """The function decides, and only the function."""
    source = "def f(x):\n    return x\n"
    assert tree_of("from datetime import date\n\n\n" + source) == tree_fingerprint(source)
