"""Facts about programs as trees in which names do not count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.similarity.trees import canonical_tree, tree_fingerprint

SOURCE = '''
def total(xs: list[int], start: int = 0) -> int:
    """Add up."""
    result = start
    for x in xs:
        result += x
    return result
'''


def test_names_docstrings_and_annotations_do_not_count() -> None:
    """A renamed, undocumented, untyped copy is the same program."""
    copy = SOURCE.replace("total", "f").replace("result", "r").replace('    """Add up."""\n', "")
    bare = copy.replace(": list[int]", "").replace(": int", "").replace(" -> int", "")
    assert canonical_tree(SOURCE) == canonical_tree(bare)


@pytest.mark.parametrize(
    ("old", "new"),
    [("+= x", "-= x"), ("= 0", "= 1"), ("in xs", "in reversed(xs)"), ("return result", "return x")],
)
def test_operators_constants_and_builtins_count(old: str, new: str) -> None:
    """Another meaning is another tree."""
    assert tree_fingerprint(SOURCE) != tree_fingerprint(SOURCE.replace(old, new))


def test_attributes_and_builtins_keep_their_names() -> None:
    """`max` is not `min`, `.upper` is not `.lower`."""
    assert canonical_tree("f = max(a)") != canonical_tree("f = min(a)")
    assert canonical_tree("f = a.upper()") != canonical_tree("f = a.lower()")


def test_recursion_lambdas_and_exception_names_are_followed() -> None:
    """Every way to bind a name is renamed with its uses."""
    one = "def f(n):\n    try:\n        return f(n - 1)\n    except E as e:\n        raise g from e"
    two = "def h(k):\n    try:\n        return h(k - 1)\n    except E as x:\n        raise g from x"
    assert canonical_tree(one) == canonical_tree(two)
    assert canonical_tree("y = lambda a, *b, **c: a") == canonical_tree("z = lambda q, *r, **s: q")


def test_swapped_arguments_are_another_tree() -> None:
    """Names are numbered by their places, so a swap shows."""
    assert canonical_tree("def f(a, b): return a - b") != canonical_tree(
        "def f(a, b): return b - a"
    )


def test_what_is_no_program_raises() -> None:
    """A syntax error is the caller's to judge."""
    with pytest.raises(SyntaxError):
        canonical_tree("def f(:")


def test_a_doubtful_escape_sequence_is_no_matter() -> None:
    """Python's warnings about a stranger's program are kept from whoever reads ours."""
    assert "Constant" in canonical_tree("x = '\\d'")


NAMES = st.lists(
    st.text("abcdefghijk", min_size=2, max_size=5).map(lambda s: f"n_{s}"),
    min_size=4,
    max_size=4,
    unique=True,
)


@given(NAMES)
def test_any_consistent_renaming_gives_the_same_tree(names: list[str]) -> None:
    """Whatever the four names are, the fingerprint is one and the same."""
    f, xs, total, x = names
    source = f"def {f}({xs}):\n    {total} = 0\n    for {x} in {xs}:\n        {total} += {x}\n    return {total}"
    plain = "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t"
    assert tree_fingerprint(source) == tree_fingerprint(plain)
