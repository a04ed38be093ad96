from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.quality.config import QualitySettings
from hornbook.quality.scoring import Scores
from hornbook.quality.selection import Ladder, kept, not_kept, threshold_of
from hornbook.quality.validation import Curve
from hornbook.records import Document
from hornbook.storage import write_shards

CURVE = Curve(slope=2.0, offset=-6.0)
Rows = list[tuple[float, int]]


def ladder(rows: Rows) -> Ladder:
    scores, sizes = zip(*rows, strict=True)
    return Ladder(np.array(scores), np.array(sizes), CURVE)


rows_of = st.lists(
    st.tuples(st.integers(0, 50).map(lambda s: s / 10), st.integers(1, 500)),
    min_size=1,
    max_size=40,
)


@given(rows_of, st.floats(0.05, 1))
def test_a_fraction_is_never_exceeded_but_by_the_best(rows: Rows, fraction: float) -> None:
    """What is kept holds at most the asked share of the characters, the best score excepted."""
    line = threshold_of(ladder(rows), QualitySettings(fraction=fraction))
    sizes = [size for score, size in rows if score >= line]
    best = max(score for score, _ in rows)
    within = sum(sizes) <= fraction * sum(size for _, size in rows) + 1e-6
    assert sizes
    assert within or line == best


@given(rows_of, st.floats(0.05, 0.95))
def test_the_line_is_the_lowest_that_holds(rows: Rows, fraction: float) -> None:
    """One document score further down, and the budget would be broken."""
    line = threshold_of(ladder(rows), QualitySettings(fraction=fraction))
    below = [score for score, _ in rows if score < line]
    if below:
        more = sum(size for score, size in rows if score >= max(below))
        assert more > fraction * sum(size for _, size in rows)


@given(rows_of, st.integers(1, 4000))
def test_tokens_are_counted_as_characters(rows: Rows, tokens: int) -> None:
    """A budget of tokens keeps what a fraction of as many characters would keep."""
    total = sum(size for _, size in rows)
    settings = QualitySettings(tokens=tokens, characters_per_token=2.0)
    share = min(2.0 * tokens / total, 1.0)
    wanted = ladder(rows).for_characters(min(2.0 * tokens, total))
    assert threshold_of(ladder(rows), settings) == wanted
    assert ladder(rows).at(wanted).share <= share or wanted == max(s for s, _ in rows)


@given(rows_of, st.floats(0.01, 0.99))
def test_expected_precision_is_that_of_the_probabilities(rows: Rows, precision: float) -> None:
    """The kept documents' mean probability reaches the target wherever any line's does."""
    steps = ladder(rows)
    line = threshold_of(steps, QualitySettings(precision=precision))
    chances = {score: float(CURVE.probability(score)) for score, _ in rows}
    means = {cut: float(np.mean([chances[s] for s, _ in rows if s >= cut])) for cut in chances}
    assert steps.at(line).precision == pytest.approx(means[line])
    enough = [cut for cut, mean in means.items() if mean >= precision + 1e-9]
    if enough:
        assert line <= min(enough)
        assert means[line] >= precision - 1e-9


@given(rows_of)
def test_the_table_rises_with_the_share(rows: Rows) -> None:
    """Lower lines keep more; the last row keeps all."""
    table = ladder(rows).table()
    assert [row.line for row in table] == sorted((row.line for row in table), reverse=True)
    assert [row.documents for row in table] == sorted(row.documents for row in table)
    assert table[-1].documents == len(rows)
    for row in table:
        chosen = [size for score, size in rows if score >= row.line]
        assert (row.documents, row.characters) == (len(chosen), sum(chosen))


def test_a_threshold_is_taken_as_it_stands() -> None:
    """With a threshold in the recipe the scores at hand change nothing."""
    assert threshold_of(ladder([(1.0, 5)]), QualitySettings(threshold=2.5)) == 2.5


@pytest.mark.parametrize("rules", [{}, {"fraction": 0.5, "tokens": 5}, {"precision": 1.0}])
def test_one_rule_decides(rules: dict[str, float]) -> None:
    """No rule, two rules and a certainty that nothing reaches are refused."""
    with pytest.raises(ValueError, match=r"set one of|less than 1"):
        QualitySettings(**rules)  # type: ignore[arg-type]


def test_every_document_is_kept_dropped_or_failed(tmp_path: Path) -> None:
    """With its score and text where it has one; one without a score may be tried again."""
    rows = [Document(f"{n:04d}", f"text {n}", "folder", "c", "", f"{n}.py") for n in range(5)]
    write_shards(tmp_path, Document, rows, rows_per_shard=2)
    nan = float("nan")
    scores = Scores(array("d", [3.0, 1.0, nan, 2.0, 4.0]), array("q", [6] * 5), {"0002": "died"})
    above = list(kept(tmp_path, scores, 2.0))
    assert [(row.id, row.score) for row in above] == [("0000", 3.0), ("0003", 2.0), ("0004", 4.0)]
    below = list(not_kept(tmp_path, scores, 2.0))
    told = [(row.id, row.reason, row.failed, row.score, row.text) for row in below]
    assert told == [
        ("0001", "below-threshold", False, 1.0, "text 1"),
        ("0002", "not-scored", True, None, "text 2"),
    ]
    assert below[1].detail == "died"
    assert len(Ladder(scores.scores, scores.sizes, CURVE)) == 4
