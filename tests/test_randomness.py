from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hornbook.randomness import seed_for, stream


@given(st.integers(0, 2**60), st.lists(st.text(max_size=8), max_size=3))
def test_a_stream_depends_on_seed_and_name_alone(seed: int, names: list[str]) -> None:
    assert stream(seed, *names).random() == stream(seed, *names).random()
    assert 0 <= seed_for(seed, *names) < 2**63


@given(st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6))
def test_names_do_not_run_together(first: str, second: str) -> None:
    """("ab", "c") and ("a", "bc") are different streams."""
    assert seed_for(1, first, second) != seed_for(1, first + second)
