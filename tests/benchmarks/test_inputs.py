"""Facts about argument lists as JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from hornbook.benchmarks.inputs import inputs_text, mbppplus_arguments, tagged
from hornbook.sandbox.inside.sameness import decode

PLAIN = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
HASHABLE = st.integers() | st.text(max_size=3)
VALUES = st.recursive(
    PLAIN | st.complex_numbers(allow_nan=False) | st.sets(HASHABLE),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(HASHABLE | st.tuples(HASHABLE), inner)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_the_judge_reads_what_is_written_here(value: object) -> None:
    """Whatever a benchmark may hold arrives as it was, with its types."""
    arrived = decode(json.loads(json.dumps(tagged(value))))
    assert (arrived, type(arrived)) == (value, type(value))


def test_infinities_are_written_as_pythons_json_writes_them() -> None:
    """No tag is needed for them."""
    assert inputs_text([[float("inf")]]) == "[[Infinity]]"


def test_mbppplus_arguments_get_their_types_back() -> None:
    """Which of the lists were tuples depends on the task."""
    cases = {
        "Mbpp/3": ([[1]], [[1]]),
        "Mbpp/2": ([[1], [2]], [(1,), (2,)]),
        "Mbpp/259": ([[[1, 2]], [[3, 4]]], [((1, 2),), ((3, 4),)]),
        "Mbpp/75": ([[[1, 2]], 3], [[(1, 2)], 3]),
        "Mbpp/250": ([[1, 2], 3], [(1, 2), 3]),
        "Mbpp/278": ([[1, [2, [3]]]], [(1, (2, [3]))]),
        "Mbpp/580": ([[1, [2, [3]]]], [(1, (2, (3,)))]),
        "Mbpp/722": ([{"a": [1, 2]}, 3, 4], [{"a": (1, 2)}, 3, 4]),
        "Mbpp/124": (["2", "1j"], [2.0, 1j]),
        "Mbpp/252": ([1], [1 + 0j]),
    }
    for task, (given_, wanted) in cases.items():
        assert mbppplus_arguments(task, given_) == wanted, task
