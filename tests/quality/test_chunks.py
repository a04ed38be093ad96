from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hornbook.quality.chunks import MOST, WHOLE, chunks

LINE = st.sampled_from(
    [
        "def f(x):\n",
        "    return x\n",
        "class A:\n",
        "@decorated\n",
        "x = 1\n",
        "\n",
        "async def g():\n",
        "    " + "y" * 300 + "\n",
        "z = '" + "q" * 900 + "'\n",
    ]
)


@given(st.lists(LINE, max_size=60), st.integers(1, 6))
def test_pieces_make_up_the_whole_text(lines: list[str], times: int) -> None:
    """Cutting loses and repeats nothing, and no piece is empty unless the text is."""
    text = "".join(lines) * times
    pieces = chunks(text)
    assert "".join(pieces) == text
    assert all(pieces) or text == ""


@given(st.lists(LINE, max_size=60), st.integers(1, 6))
def test_pieces_are_of_the_size_that_was_judged(lines: list[str], times: int) -> None:
    """No piece is much longer than the longest excerpt that was judged."""
    text = "".join(lines) * times
    assert max(map(len, chunks(text))) <= MOST + 1_000


def test_a_short_file_is_one_piece() -> None:
    """A file up to the size of an excerpt is judged whole."""
    assert chunks("x = 1\n" * (WHOLE // 6)) == ["x = 1\n" * (WHOLE // 6)]


def test_a_definition_keeps_its_decorators() -> None:
    """The cut falls before the first decorator of a definition."""
    unit = "@first\n@second(3)\ndef f():\n" + "    x = 1\n" * 300
    pieces = chunks(unit * 4)
    assert [piece.startswith("@first\n@second(3)\ndef f") for piece in pieces] == [True] * 4
