from __future__ import annotations

import numpy as np

from hornbook.quality.drift import Neighbourhood

RANDOM = np.random.default_rng(4)
JUDGED = RANDOM.normal(size=(200, 8)).astype(np.float32)
GROUPS = [f"d{n % 10}" for n in range(200)]


def test_texts_like_the_judged_ones_raise_no_alarm() -> None:
    """Drawn from the same source, about one in twenty is as far out as one in twenty is."""
    found = Neighbourhood(JUDGED, GROUPS).drift(RANDOM.normal(size=(400, 8)).astype(np.float32))
    assert found.texts == 400
    assert 0.01 < found.share < 0.12
    assert not found.alarming
    assert "is usual" in found.sentence()


def test_texts_from_elsewhere_raise_one() -> None:
    """Another source is told by its distance, and the sentence says what to do."""
    other = RANDOM.normal(3, 1, size=(400, 8)).astype(np.float32)
    found = Neighbourhood(JUDGED, GROUPS).drift(other)
    assert found.share > 0.8
    assert found.alarming
    assert "annotate some of them" in found.sentence()


def test_no_texts_and_one_group_say_nothing() -> None:
    """Where nothing can be compared there is neither drift nor an error."""
    assert Neighbourhood(JUDGED, GROUPS).drift(np.zeros((0, 8), np.float32)).texts == 0
    assert not Neighbourhood(JUDGED, ["one"] * 200).drift(JUDGED).alarming
