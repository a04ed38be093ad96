"""Facts about who is let in: licences, generated and vendored files, secrets and personal data."""

from __future__ import annotations

import keyword
import sys
import sysconfig
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.errors import ConfigError
from hornbook.records import Document, Dropped, content_id
from hornbook.sources.admission import admit
from hornbook.sources.config import SourcesSettings
from hornbook.sources.private import mask, rules
from hornbook.sources.provenance import generated, vendored
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


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a/b_pb2.py", ""),
        ("a/b_pb2_grpc.py", ""),
        ("parsetab.py", ""),
        (
            "a.py",
            "# -*- coding: utf-8 -*-\n\n# Form implementation generated from x\n# DO NOT EDIT\n",
        ),
        ("a.py", '"""\nThis file is automatically generated by tools/make.py\n"""\n'),
        ("a.py", "#!/usr/bin/env python\n# Code generated by protoc-gen. DO NOT EDIT.\n"),
        ("a.js", "// @generated by a tool\n"),
        ("a.py", "# Autogenerated by Thrift Compiler (0.9)\n"),
    ],
)
def test_generated_files_say_so(path: str, text: str) -> None:
    """By their names or at their top."""
    assert generated(path, text + "x = 1\n") is not None


@pytest.mark.parametrize(
    "text",
    [
        "def make():\n    return '# DO NOT EDIT'\n",
        '"""Writes files that are automatically generated by other tools."""\n',
        "# Please do not edit the list without asking; version.py is auto-generated.\n",
        "x = 1\n" * 40 + "# DO NOT EDIT\n",
    ],
)
def test_files_about_generated_files_are_not_generated(text: str) -> None:
    """Words inside code, in a sentence about something else, or far down."""
    assert generated("a.py", text) is None


def test_the_standard_library_has_a_few_generated_files() -> None:
    """`keyword` and `stringprep` are made by programs, and say so; most modules are not."""
    root = Path(sysconfig.get_paths()["stdlib"])
    paths = sorted(root.glob("*.py"))
    found = [p.name for p in paths if generated(p.name, p.read_text("utf-8", "replace"))]
    assert Path(keyword.__file__).name in found
    assert len(found) < 0.1 * len(paths)


def test_vendored_files_are_told_by_their_folders() -> None:
    """A folder of that name anywhere above, or one of the files that everybody copies."""
    inside = [
        "pip/_vendor/a.py",
        "node_modules/x/y.js",
        "a/third_party/b/c.py",
        "pkg/versioneer.py",
    ]
    assert all(vendored(path) for path in inside)
    assert not any(vendored(path) for path in ["a/vendor.py", "vendoring/a.py", "six.py"])
