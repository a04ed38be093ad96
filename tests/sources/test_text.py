from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.records import Document, Dropped, content_id
from hornbook.sources.config import SourcesSettings
from hornbook.sources.text import Origin, bracket_depth, read_text

LIMITS = SourcesSettings(python=True, min_characters=5)
HERE = Origin("folder", "c", "1", "a.py")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = '\xff\xfe'\n" * 3, "not-utf8"),
        (b"x = 1\0\n" * 3, "nul-bytes"),
        (b"x = '" + b"a" * 50_000_000 + b"'", "too-large"),
        (b"x = '" + b"a" * 6_000 + b"'", "long-line"),
        (b"x = " + b"[" * 10_000 + b"]" * 10_000, "long-line"),
        (b"x = " + b"[\n" * 10_000 + b"]\n" * 10_000, "deep-nesting"),
        (b"x", "too-short"),
    ],
)
def test_text_that_is_none_is_dropped_with_its_reason(data: bytes, reason: str) -> None:
    row = read_text(data, HERE, LIMITS)
    assert isinstance(row, Dropped)
    assert row.reason == reason


def test_a_mark_at_the_beginning_and_foreign_line_ends_are_taken_away() -> None:
    row = read_text(b"\xef\xbb\xbfa = 1\r\nb = 2\rc = 3\n", HERE, LIMITS)
    assert isinstance(row, Document)
    assert row.text == "a = 1\nb = 2\nc = 3\n"
    assert row.id == content_id(row.text)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_a_reason(data: bytes) -> None:
    row = read_text(data, HERE, LIMITS)
    assert isinstance(row, Document) or row.reason


def test_depth_counts_all_kinds_of_brackets() -> None:
    assert bracket_depth(b"({[]})()") == 3
