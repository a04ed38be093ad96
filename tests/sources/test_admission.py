"""Facts about who is let in: by licence, as it is set, and without secrets and personal data."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.errors import ConfigError
from hornbook.records import Document, Dropped, content_id
from hornbook.sources.admission import admit
from hornbook.sources.config import SourcesSettings
from hornbook.sources.private import mask, rules
from hornbook.sources.text import Origin, Raw


def let_in(
    text: str, path: str = "a.py", licence: str | None = None, **settings: Any
) -> Document | Dropped:
    limits = SourcesSettings(python=True, min_characters=0, **settings)
    return admit(Raw(Origin("folder", "c", "", path, licence), text.encode()), limits, Counter())


def reason(row: Document | Dropped) -> str | None:
    return row.reason if isinstance(row, Dropped) else None


def test_only_what_was_asked_for_is_refused() -> None:
    """As it is set, everything is let in; each setting refuses what it is about."""
    made, vendor = "# @generated\nx = 1\n", "lib/_vendor/a.py"
    assert reason(let_in(made, vendor, "GPL-3.0-only")) is None
    assert reason(let_in(made, generated="drop")) == "generated"
    assert reason(let_in("x = 1", vendor, vendored="drop")) == "vendored"
    assert reason(let_in("x = 1", licence="GPL-3.0-only", licences=("permissive",))) == "licence"
    assert reason(let_in("x = 1", licences=("MIT",))) == "licence"
    assert reason(let_in("# SPDX-License-Identifier: MIT\n", licences=("MIT",))) is None
    own = let_in("# SPDX-License-Identifier: GPL-3.0-only\n", licence="MIT", licences=("MIT",))
    assert reason(own) == "licence"
    every: dict[str, Any] = {"licences": ("MIT",), "vendored": "drop", "generated": "drop"}
    assert reason(let_in("x = 1\n", licence="MIT", **every)) is None


def test_a_masked_text_is_known_by_what_it_became() -> None:
    """Its id is that of the text that goes on; what holds nothing private stays itself."""
    text = "mail = 'jane@somewhere.org'\n"
    row = let_in(text, mask=True)
    assert isinstance(row, Document)
    assert row.text == "mail = '<EMAIL>'\n"
    assert row.id == content_id(row.text) != content_id(text)
    assert let_in("x = 1\n", mask=True) == let_in("x = 1\n")


KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcN\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"key = '''{KEY}'''", "key = '''<SECRET>'''"),
        ("AKIAIOSFODNN7EXAMPLF", "<SECRET>"),
        ("t = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'", "t = '<SECRET>'"),
        ("postgres://me:hunter22@db/x", "postgres://me:<SECRET>@db/x"),
        ("xoxb-123456789012-abcdefghij", "<SECRET>"),
        ("from a.b+c@mail.sub.co.uk, and d@e.com", "from <EMAIL>, and <EMAIL>"),
        ("host = '8.8.4.4'  # 2001:4860:4860::8888", "host = '<IP_ADDRESS>'  # <IP_ADDRESS>"),
        ("call +49 30 1234 5678 or +1 (555) 123-4567", "call <PHONE> or <PHONE>"),
        ("card 4111 1111 1111 1111", "card <CARD>"),
        ("amex 378282246310005.", "amex 378282246310005."),
        ("amex 378282246310005,", "amex <CARD>,"),
    ],
)
def test_what_is_private_is_masked(text: str, masked: str) -> None:
    """Tokens by their form, addresses of people and machines, numbers of phones and cards."""
    found: Counter[str] = Counter()
    assert mask(text, found) == masked
    assert sum(found.values()) == masked.count("<")


@pytest.mark.parametrize(
    "text",
    [
        "y = x@self.weight + a@b.T",
        "@app.route('/a')",
        "user@example.com git@github.com:a/b.git",
        "version 1.2.3.4, pkg==10.1.2.3, 127.0.0.1, 192.168.1.1, 1.2.3.400, 1.2.3.4.5",
        "a[1:2:3] 12:30:45 0:0:1",
        "x +10 -20 +30",
        "4111 1111 1111 1112 1234567812345670 0.4111111111111111",
        "def f(): return 'https://host/a:b@c'",
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_what_only_looks_private_stays(text: str) -> None:
    """Matrices, decorators, versions, slices, and numbers whose check digit is wrong."""
    found: Counter[str] = Counter()
    assert (mask(text, found), found) == (text, Counter())


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra and how to get it."""
    monkeypatch.setitem(sys.modules, "detect_secrets.plugins.aws", None)
    rules.cache_clear()
    with pytest.raises(ConfigError, match=r"pip install 'hornbook\[mask\]'"):
        mask("text", Counter())
    rules.cache_clear()


@given(st.text(alphabet="ab1.:@+- \n/4", max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    """What is masked holds nothing that would be masked again."""
    once = mask(text, Counter())
    assert mask(once, Counter()) == once


def test_long_texts_of_marks_take_no_longer_than_others() -> None:
    """Nothing is searched again and again: a row of any mark is done at once."""
    for mark in ("@", "a@", "a.", "+1 ", "1.", ":", "a:", "4111", "://", "-----BEGIN ", "eyJ"):
        started = time.monotonic()
        assert isinstance(mask(mark * 30_000, Counter()), str)
        assert time.monotonic() - started < 5
