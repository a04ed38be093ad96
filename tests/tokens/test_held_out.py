from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.records import content_id
from hornbook.tokens.held_out import for_validation, is_held_out_exercise

IDS = [content_id(str(n)) for n in range(4000)]


def test_half_of_the_rows_are_for_validation() -> None:
    """About half of any rows, those that come first in the order of their ids too."""
    for rows in (IDS, sorted(IDS)[:400], sorted(IDS)[-400:]):
        share = sum(map(for_validation, rows)) / len(rows)
        assert 0.4 < share < 0.6


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5])
def test_so_many_exercises_are_held_out(share: float) -> None:
    """As the setting says, and none where it says none."""
    found = sum(is_held_out_exercise(row_id, share) for row_id in IDS) / len(IDS)
    assert abs(found - share) < 0.02
    assert share or not found


@given(st.text(max_size=70), st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_larger_share_keeps_the_smaller_one(row_id: str, one: float, other: float) -> None:
    """A row's side depends on its id alone, whatever the id looks like."""
    small, large = sorted((one, other))
    assert is_held_out_exercise(row_id, large) or not is_held_out_exercise(row_id, small)
    assert for_validation(row_id) == for_validation(row_id)
