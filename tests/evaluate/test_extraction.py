"""Facts about what EvalPlus makes of a text."""

from __future__ import annotations

import pytest

from hornbook.evaluate import extraction
from hornbook.evaluate.extraction import extract, longest_code

FUNCTION = "def f(x):\n    return x"

CASES = [
    ("a decorated definition is dropped", "@cache\ndef g(x):\n    return x\n" + FUNCTION, FUNCTION),
    ("a function without return is dropped", "def g(x):\n    print(x)\n" + FUNCTION, FUNCTION),
    ("the first definition counts", FUNCTION + "\ndef f(y):\n    return 2", FUNCTION),
    ("a name may be reached in any way", "x = 1\n" + FUNCTION, "x = 1\n" + FUNCTION),
    ("what isn't reached is dropped", "y = 1\nclass A:\n    pass\n" + FUNCTION, FUNCTION),
    ("imports stay, but not from the future", "from __future__ import annotations\nimport os\n" + FUNCTION, "import os\n" + FUNCTION),
    ("an annotated name is a definition", "x: int = 1\n" + FUNCTION, "x: int = 1\n" + FUNCTION),
    ("a changed name is none", "x = 1\nx += 1\n" + FUNCTION, "x = 1\n" + FUNCTION),
    ("code at the top is dropped", FUNCTION + "\nif True:\n    f(1)\nfor i in x:\n    f(i)", FUNCTION),
    ("words around it are dropped", "Sure! Here:\n```\n" + FUNCTION + "\n```\nDone.", FUNCTION),
    ("half a line at the end is dropped", FUNCTION + "\ndef g(", FUNCTION),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kept"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_what_is_kept(text: str, kept: str) -> None:
    """Each case's name is its fact."""
    assert extract(text, "f") == kept


def test_without_the_function_only_imports_or_the_code_itself_are_left() -> None:
    """As EvalPlus falls back."""
    assert extract("import os\nx = 1", "f") == "import os"
    assert extract("x = 1\n\ny = 2\n", "f") == "x = 1\n\ny = 2"


def test_a_text_without_code_gives_its_first_line() -> None:
    """A run has at least two lines; one line with a blank one is a run."""
    assert longest_code("no code here\nnor ) here") == "no code here"
    assert longest_code("no code here\nx = 1") == "no code here"
    assert longest_code("no code here\nx = 1\n\n\n") == "x = 1\n"
    assert longest_code("") == ""


def test_the_search_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long text that is hardly Python is given up with what was found."""
    monkeypatch.setattr(extraction, "MOST_PARSES", 50)
    words = "\n".join("these are words" for _ in range(300))
    assert longest_code(words + "\nx = 1\ny = 2") == "these are words"
