from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from hornbook.quality.annotate.agreement import Pairs, agreement, kappa
from hornbook.quality.annotate.measuring import narrows
from hornbook.teacher import recorded_annotations


def test_the_recorded_teacher_agrees_with_itself_as_its_page_says() -> None:
    """77 excerpts judged twice: Spearman 0.937, equal in 84%."""
    twice = [row for row in recorded_annotations() if row.second_score is not None]
    pairs = Pairs(
        [row.score for row in twice],
        [float(row.second_score or 0) for row in twice],
        [row.distribution for row in twice],
    )
    alike, equal, quadratic, ceiling = agreement(pairs, (1, 200))
    assert (round(alike.estimate, 3), round(equal.estimate, 2)) == (0.937, 0.84)
    known = cohen_kappa_score(
        [int(one) for one in pairs.left], [int(one) for one in pairs.right], weights="quadratic"
    )
    assert quadratic.estimate == pytest.approx(known)
    assert ceiling.estimate == pytest.approx(alike.estimate**0.5)
    for metric in (alike, equal, quadratic, ceiling):
        assert metric.low is not None
        assert metric.high is not None
        assert metric.low < metric.estimate < metric.high


def test_little_is_said_of_little() -> None:
    """Two texts tell nothing; scores that are all one have no correlation and no kappa."""
    assert agreement(Pairs([1, 2], [1, 2], ["a", "b"]), (1, 100)) == []
    assert kappa(np.ones(4), np.ones(4)) is None
    alike, equal, *_ = agreement(Pairs([1, 1, 1], [1, 1, 1], ["a", "b", "c"]), (1, 100))
    assert np.isnan(alike.estimate)
    assert alike.low is None
    assert equal.estimate == 1.0


def test_no_interval_is_no_reason_to_stop() -> None:
    """Where scores are all of one kind there is no metric yet."""
    assert narrows([{"spearman": None}] * 6, 0.5)
