from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hornbook.engine import JobFailure
from hornbook.quality.config import QualitySettings
from hornbook.quality.scoring import DocumentScore
from hornbook.quality.selection import scored, split, threshold_of
from hornbook.records import Document


def documents(rows: list[tuple[float, int]]) -> list[Document]:
    return [
        Document(f"{n:04d}", "x" * size, "folder", "c", "", f"{n}.py", score=score)
        for n, (score, size) in enumerate(rows)
    ]


rows_of = st.lists(
    st.tuples(st.integers(0, 50).map(lambda s: s / 10), st.integers(1, 500)),
    min_size=1,
    max_size=40,
)


@given(rows_of, st.floats(0.05, 1))
def test_a_fraction_is_never_exceeded_but_by_the_best(
    rows: list[tuple[float, int]], fraction: float
) -> None:
    """What is kept holds at most the asked share of the characters, the best score excepted."""
    every = documents(rows)
    kept, _ = split(every, threshold_of(every, QualitySettings(fraction=fraction)))
    best = [row for row in every if row.score == max(r.score or 0 for r in every)]
    assert kept
    within = sum(len(r.text) for r in kept) <= fraction * sum(len(r.text) for r in every)
    assert within or kept == best


@given(rows_of, st.floats(0.05, 1))
def test_nothing_kept_scores_below_what_is_dropped(
    rows: list[tuple[float, int]], fraction: float
) -> None:
    """The line separates: every kept document scores above every dropped one, and none is lost."""
    every = documents(rows)
    kept, dropped = split(every, threshold_of(every, QualitySettings(fraction=fraction)))
    assert len(kept) + len(dropped) == len(every)
    if dropped:
        assert min(r.score or 0 for r in kept) > max(r.score or 0 for r in dropped)
        assert all(row.text and row.reason == "below-threshold" for row in dropped)


def test_a_threshold_is_taken_as_it_stands() -> None:
    """With a threshold in the recipe the scores at hand change nothing."""
    assert threshold_of(documents([(1.0, 5)]), QualitySettings(threshold=2.5)) == 2.5


def test_a_document_without_a_score_is_failed_not_dropped() -> None:
    """What could not be judged is marked as failed, with the reason, so that it may be tried again."""
    settings = QualitySettings(fraction=0.5, document_score="max")
    judged, failed = scored(
        documents([(0, 4), (0, 4)]),
        [DocumentScore("0000", 1.5, 4.0, 3), JobFailure("j", "died")],
        settings,
    )
    assert [row.score for row in judged] == [4.0]
    assert [(row.failed, row.reason, row.detail) for row in failed] == [
        (True, "not-scored", "died")
    ]
