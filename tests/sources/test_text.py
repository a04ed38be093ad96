"""Facts about turning bytes into a document or a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.records import Document, Dropped, content_id
from hornbook.sources.config import SourcesSettings
from hornbook.sources.text import Origin, Raw, Reading, bracket_depth, drop, read_text, writable

LIMITS = SourcesSettings(python=True, min_characters=5)
HERE = Origin("folder", "c", "1", "a.py", "MIT")


def read(data: bytes, limits: SourcesSettings = LIMITS) -> Document | Dropped:
    return read_text(Raw(HERE, data), limits)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = '\xff\xfe'\n" * 3, "not-utf8"),
        ("x = '\ud800'\n".encode("utf-8", "surrogatepass"), "not-utf8"),
        (b"x = 1\0\n" * 3, "nul-bytes"),
        (b"x = '" + b"a" * 50_000_000 + b"'", "too-large"),
        (b"x = '" + b"a" * 6_000 + b"'", "long-line"),
        (b"x = " + b"[" * 10_000 + b"]" * 10_000, "long-line"),
        (b"x = " + b"[\n" * 10_000 + b"]\n" * 10_000, "deep-nesting"),
        (b"# " + b")\n" * 10_000 + b"[\n" * 10_000, "deep-nesting"),
        (b"x", "too-short"),
        (b"", "too-short"),
        (b" \n" * 900, "too-short"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_text_that_is_none_is_dropped_with_its_reason(data: bytes, reason: str) -> None:
    """Bytes that are no text, or too much or too little of it, say why they are dropped."""
    row = read(data)
    assert isinstance(row, Dropped)
    assert row.reason == reason
    assert row.detail
    assert (row.source, row.collection, row.path) == ("folder", "c", "a.py")


def test_limits_are_the_last_values_that_pass() -> None:
    """Text just at a limit is a document, one step beyond is dropped."""
    limits = LIMITS.model_copy(update={"max_bytes": 1000, "max_line": 100, "max_depth": 10})
    line = b"x" * 100 + b"\n"
    assert isinstance(read(line * 9, limits), Document)
    assert isinstance(read(b"x" + line * 9, limits), Dropped)
    lines = b"xxxxxxxxx\n"
    assert isinstance(read(lines * 100, limits), Document)
    assert isinstance(read(lines * 100 + b"\n", limits), Dropped)
    assert isinstance(read(b"(" * 10 + b")" * 10, limits), Document)
    assert isinstance(read(b"(" * 11 + b")" * 11, limits), Dropped)


def test_a_mark_at_the_beginning_and_foreign_line_ends_are_taken_away() -> None:
    """The byte order mark goes and two-character line ends become one; all else stays."""
    row = read(b"\xef\xbb\xbfa = 1\r\nb = '\rc'\x0c\n")
    assert isinstance(row, Document)
    assert row.text == "a = 1\nb = '\rc'\x0c\n"
    assert row.id == content_id(row.text)
    assert (row.source, row.collection, row.version, row.path, row.licence) == (
        "folder", "c", "1", "a.py", "MIT",
    )  # fmt: skip


def test_what_serves_as_evidence_only_is_no_document() -> None:
    """Bytes that were read for an annotation alone are dropped, however good they are."""
    row = read_text(Raw(HERE, b"value = 1\n" * 9, "in a folder `test`"), LIMITS)
    assert isinstance(row, Dropped)
    assert (row.reason, row.detail) == ("excluded", "in a folder `test`")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_a_reason(data: bytes) -> None:
    """Nothing that can be in a file stops the reading."""
    row = read(data)
    if isinstance(row, Document):
        assert row.text.encode() == data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    else:
        assert row.reason in {"not-utf8", "nul-bytes", "too-short"}


@given(st.text("([{)]}x'\n", max_size=60))
def test_depth_is_that_of_a_stack(text: str) -> None:
    """Every kind of bracket counts alike, and one that closes nothing counts for nothing."""
    level = deepest = 0
    for character in text:
        level = max(level + (character in "([{") - (character in ")]}"), 0)
        deepest = max(deepest, level)
    assert bracket_depth(text.encode()) == deepest


@given(st.text(max_size=20))
def test_a_name_in_unicode_stays_as_it_is(name: str) -> None:
    """Only what no table can hold is spelt out."""
    assert writable(name) == name
    assert writable(name + "\udcff").startswith(name)
    assert writable(name + "\udcff").isprintable() or not name.isprintable()


def test_a_dropped_place_has_an_id_of_its_own() -> None:
    """What has no content is known by its place, so two places never share an id."""
    places = [HERE, Origin("folder", "c", "2", "a.py"), Origin("folder", "c", "1", "b.py")]
    assert len({drop(origin, "unreadable", "").id for origin in places}) == 3


def test_a_file_that_annotations_want_is_read_further() -> None:
    """The limit of a wanted file is its own; one byte more tells that there are more."""
    reading = Reading(LIMITS, frozenset({("c", "a.py")}))
    assert reading.limit(HERE) == LIMITS.max_wanted_bytes + 1
    assert reading.limit(Origin("folder", "c", "1", "b.py")) == LIMITS.max_bytes + 1
