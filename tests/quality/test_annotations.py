from __future__ import annotations

from dataclasses import replace

from hornbook.quality.annotations import lines_of, resolve
from hornbook.records import Annotation, Document, content_id

TEXT = "import os\n\n\ndef f():\n    return os.sep\n"


def document(text: str, version: str = "1.0") -> Document:
    return Document(content_id(text), text, "pypi", "demo", version, "demo/a.py")


def annotation(
    first: int = 4, last: int = 5, text: str = "def f():\n    return os.sep\n"
) -> Annotation:
    return Annotation(
        "a1",
        "demo",
        "1.0",
        "demo/a.py",
        first,
        last,
        content_id(text),
        len(text),
        3.0,
        "os",
        "short",
    )


def test_an_excerpt_is_found_by_its_lines_and_its_hash() -> None:
    """The text of a resolved excerpt is the one whose hash the teacher's judgement names."""
    found, dropped = resolve([annotation()], [document(TEXT)])
    assert [excerpt.text for excerpt in found] == ["def f():\n    return os.sep\n"]
    assert dropped == []


def test_changed_text_is_dropped_and_never_guessed() -> None:
    """An excerpt whose lines read differently here is dropped with the place and the versions."""
    found, dropped = resolve([annotation()], [document(TEXT.replace("sep", "linesep"), "2.0")])
    assert found == []
    assert dropped[0].reason == "text-changed"
    assert "demo 1.0, demo/a.py: lines 4 to 5" in dropped[0].detail
    assert "2.0" in dropped[0].detail


def test_a_file_that_is_not_there_is_counted() -> None:
    """A judgement about a file that no source has is dropped as not at hand."""
    _, dropped = resolve([replace(annotation(), path="demo/b.py")], [document(TEXT)])
    assert [row.reason for row in dropped] == ["not-at-hand"]


def test_of_two_versions_the_one_that_was_judged_is_taken() -> None:
    """Several files under one name do no harm: the hash decides."""
    other = document("\n" + TEXT, "0.9")
    found, _ = resolve([annotation()], [other, document(TEXT)])
    assert len(found) == 1


def test_lines_keep_their_ends_as_the_file_has_them() -> None:
    """Only a newline ends a line, and the file's last line has one only where the file does."""
    assert lines_of("a\fb\nc\n", 1, 1) == "a\fb\n"
    assert lines_of("a\nb", 2, 2) == "b"
    assert lines_of("a\nb\n", 2, 2) == "b\n"
    assert lines_of("a\nb\n", 5, 9) == ""
