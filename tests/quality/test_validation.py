from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from hornbook.embed import CodeEmbedder
from hornbook.errors import SourceError
from hornbook.quality.annotations import Excerpt
from hornbook.quality.config import QualitySettings
from hornbook.quality.validation import (
    auc,
    brier,
    calibration_error,
    folds_of,
    reliability,
    spearman,
    validate,
)
from hornbook.records import Annotation

SETTINGS = QualitySettings(fraction=0.5, resamples=100)
EMBEDDER = CodeEmbedder()


def excerpts(scores: list[float], groups: int = 6) -> list[Excerpt]:
    return [
        Excerpt(
            Annotation(f"a{n}", f"d{n % groups}", "1", "a.py", 1, 2, "", 0, score, "", ""),
            "def f():\n    return [1, 2]\n" if score >= 3 else f"CONSTANT_{n} = {n}\n",
        )
        for n, score in enumerate(scores)
    ]


SCORES = [float(n % 6) for n in range(60)]


def test_what_can_be_seen_in_the_text_is_learnt() -> None:
    """Where the shape of the text decides, unseen distributions are ranked nearly perfectly."""
    rows = excerpts(SCORES)
    vectors = EMBEDDER.embed([row.text for row in rows])
    found = validate(rows, EMBEDDER, vectors, SETTINGS, (1, 1))
    by_name = {metric.name: metric for metric in found.metrics}
    ranked = by_name["AUC for a score of 3 or more"]
    assert ranked.estimate > 0.95
    assert ranked.low is not None
    assert ranked.high is not None
    assert ranked.low <= ranked.estimate <= ranked.high


def test_noise_is_not_learnt() -> None:
    """Where the scores have nothing to do with the text, the AUC's interval holds one half."""
    random = np.random.default_rng(5)
    rows = excerpts([float(s) for s in random.integers(0, 6, 90)], groups=9)
    vectors = random.random((90, EMBEDDER.dimension)).astype(np.float32)
    metric = validate(rows, EMBEDDER, vectors, SETTINGS, (1, 1)).metrics[1]
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low < 0.5 < metric.high


def test_no_excerpt_is_judged_by_a_filter_that_knew_its_distribution() -> None:
    """All excerpts of one distribution are judged in the same fold."""
    rows = excerpts(SCORES)
    found = validate(rows, EMBEDDER, EMBEDDER.embed([row.text for row in rows]), SETTINGS, (1, 1))
    folds: dict[str, set[int]] = {}
    for row, fold in zip(rows, found.fold, strict=True):
        folds.setdefault(row.annotation.distribution, set()).add(fold)
    assert all(len(each) == 1 for each in folds.values())


@pytest.mark.parametrize(("scores", "groups"), [(SCORES, 1), ([4.0] * 60, 6), ([1.0] * 60, 6)])
def test_one_kind_of_example_teaches_nothing(scores: list[float], groups: int) -> None:
    """One distribution, or one side of the line, is an error that says what is at hand."""
    rows = excerpts(scores, groups)
    with pytest.raises(SourceError, match="nothing can be learnt from one kind"):
        validate(rows, EMBEDDER, EMBEDDER.embed([row.text for row in rows]), SETTINGS, (1, 1))


two_columns = st.integers(3, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.integers(0, 5).map(float)),
        arrays(np.float64, n, elements=st.integers(0, 5).map(float)),
    )
)


@given(two_columns)
def test_ranks_agree_with_the_libraries(columns: tuple[np.ndarray, np.ndarray]) -> None:
    """Spearman and AUC are those of SciPy and scikit-learn, ties included."""
    left, right = columns
    if len(set(left)) > 1 and len(set(right)) > 1:
        assert spearman(left, right) == pytest.approx(spearmanr(left, right)[0], abs=1e-12)
    else:
        assert spearman(left, right) is None
    worth = (right >= 3).astype(float)
    if 0 < worth.sum() < len(worth):
        assert auc(left, worth) == pytest.approx(roc_auc_score(worth, left))
    else:
        assert auc(left, worth) is None


def test_perfect_probabilities_have_no_error() -> None:
    """Certainty that comes true costs nothing, and certainty that fails costs all."""
    worth = np.array([0.0, 1.0, 1.0, 0.0])
    assert brier(worth, worth) == calibration_error(worth, worth) == 0
    assert brier(1 - worth, worth) == calibration_error(1 - worth, worth) == 1


def test_every_excerpt_is_in_one_bin() -> None:
    """The reliability table counts everyone once, the ends 0 and 1 included."""
    probability = np.array([0.0, 0.05, 0.5, 1.0])
    assert sum(int(row["n"]) for row in reliability(probability, np.ones(4))) == 4


def test_folds_hold_whole_groups() -> None:
    """No distribution stands on both sides of a fold, and every row is judged once."""
    groups = [f"d{n % 6}" for n in range(60)]
    folds = folds_of(groups, 4)
    assert sorted(row for _, judge in folds for row in judge) == list(range(60))
    for learn, judge in folds:
        assert not {groups[n] for n in learn} & {groups[n] for n in judge}
