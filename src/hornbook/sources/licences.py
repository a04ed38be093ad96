"""Licences: what is stated, what a licence's text is, and what an allow-list lets through.

SPDX expressions are checked by `packaging`. Texts are told by phrases that only they hold; one
that is not among the common ones has no licence here, rather than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

PERMISSIVE = frozenset(
    {
        "0BSD", "Apache-1.1", "Apache-2.0", "BlueOak-1.0.0", "BSD-1-Clause", "BSD-2-Clause",
        "BSD-2-Clause-Patent", "BSD-3-Clause", "BSD-3-Clause-Clear", "BSL-1.0", "CC0-1.0",
        "CNRI-Python", "curl", "HPND", "ISC", "Libpng", "libpng-2.0", "MIT", "MIT-0",
        "MIT-CMU", "NCSA", "PostgreSQL", "PSF-2.0", "Python-2.0", "Python-2.0.1",
        "Unlicense", "UPL-1.0", "W3C", "WTFPL", "X11", "Zlib",
    }
)  # fmt: skip
"""Licences that ask for a notice at most."""
WORD = "permissive"

LICENCE_BYTES = 200_000
"""A licence's text is no longer; of a longer file its beginning is looked at."""
_HEADER = re.compile(rb"SPDX-License-Identifier:[ \t]*([A-Za-z0-9 .()+-]{2,200})")
_HEADER_BYTES = 4_000
_FILE = re.compile(r"(un)?licen[cs]e|copying", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[^a-z0-9.]+")
_NAMES = {
    "apache": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "3 clause bsd license": "BSD-3-Clause",
    "bsd 2 clause license": "BSD-2-Clause",
    "bsd 3 clause license": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license iscl": "ISC",
    "mit license": "MIT",
    "the mit license": "MIT",
    "mozilla public license 2.0 mpl 2.0": "MPL-2.0",
    "psf": "PSF-2.0",
    "psf license": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense unlicense": "Unlicense",
    "unlicense": "Unlicense",
}
"""What people write into metadata instead of an SPDX name."""

_Phrases = tuple[str, ...]
_SIGNS: tuple[tuple[str, _Phrases, _Phrases], ...] = (
    ("AGPL-3.0-only", ("gnu affero general public license version 3 19 november 2007",), ()),
    ("LGPL-3.0-only", ("gnu lesser general public license version 3 29 june 2007",), ()),
    ("LGPL-2.1-only", ("gnu lesser general public license version 2.1 february 1999",), ()),
    ("GPL-3.0-only", ("gnu general public license version 3 29 june 2007",), ()),
    ("GPL-2.0-only", ("gnu general public license version 2 june 1991",), ()),
    ("MPL-2.0", ("mozilla public license version 2.0 1 definitions",), ()),
    ("MPL-2.0", ("subject to the terms of the mozilla public license v 2.0",), ()),
    ("Apache-2.0", ("apache license version 2.0 january 2004", "grant of patent license"), ()),
    ("Apache-2.0", ("licensed under the apache license version 2.0",), ()),
    ("CC0-1.0", ("cc0 1.0 universal", "affirmer"), ()),
    ("Unlicense", ("free and unencumbered software released into the public domain",), ()),
    ("BSL-1.0", ("boost software license version 1.0",), ()),
    ("PSF-2.0", ("python software foundation license version 2",), ()),
    ("Zlib", ("altered source versions must be plainly marked as such",), ()),
    ("UPL-1.0", ("the universal permissive license upl",), ()),
    (
        "BSD-4-Clause",
        ("redistributions in binary form must", "all advertising materials mentioning"),
        (),
    ),
    (
        "BSD-3-Clause",
        ("redistributions in binary form must", "to endorse or promote products"),
        ("all advertising materials mentioning",),
    ),
    (
        "BSD-2-Clause",
        ("redistributions in binary form must",),
        ("to endorse or promote products", "all advertising materials mentioning"),
    ),
    (
        "MIT",
        ("permission is hereby granted free of charge to any person", "notice shall be included"),
        ("shall be used for good not evil",),
    ),
    (
        "ISC",
        ("copy modify and distribute this software for any purpose", "notice appear in all"),
        (),
    ),
    ("HPND", ("copy modify and distribute this software and its documentation for any",), ()),
    (
        "0BSD",
        ("copy modify and distribute this software for any purpose",),
        ("notice appear in all",),
    ),
)
"""(licence, phrases that it has, phrases that it has not)."""


def licence_of_text(text: str) -> str | None:
    """The SPDX name of a licence's text, if it is a common one; of several, all with `AND`.

    >>> licence_of_text("Permission is hereby granted, free of charge, to any person obtaining a"
    ...     " copy [...] The above copyright notice shall be included in all copies")
    'MIT'
    >>> licence_of_text("All rights reserved.") is None
    True
    """
    words = _words(text)
    found = {
        name
        for name, present, absent in _SIGNS
        if all(phrase in words for phrase in present) and not any(p in words for p in absent)
    }
    return " AND ".join(sorted(found)) or None


def _words(text: str) -> str:
    """Small letters, digits and single spaces; a full stop stays inside a number."""
    plain = _NOT_LETTERS.sub(" ", text.lower()).replace(". ", " ").strip(" .")
    return plain.replace(" and or ", " and ")


def licence_of_texts(texts: Iterable[str]) -> str | None:
    """Of all licence files of a place together; nothing where one of them is not known."""
    found: set[str] = set()
    for text in texts:
        licence = licence_of_text(text)
        if licence is None:
            return None
        found.update(licence.split(" AND "))
    return " AND ".join(sorted(found)) or None


def licence_in_header(data: bytes) -> str | None:
    """The licence that a file names for itself near its top, which says more than its folder's.

    >>> licence_in_header(b"# SPDX-License-Identifier: Apache-2.0 OR MIT\\nx = 1\\n")
    'Apache-2.0 OR MIT'
    """
    match = _HEADER.search(data, 0, _HEADER_BYTES)
    return None if match is None else spdx(match.group(1).decode("ascii").strip(" */-"))


def is_licence_file(name: str) -> bool:
    """
    >>> [is_licence_file(name) for name in ("LICENSE.txt", "COPYING", "UNLICENSE", "sublicense.py")]
    [True, True, True, False]
    """
    return _FILE.match(name) is not None and not name.endswith((".py", ".pyi"))


def licence_files(folder: Path) -> list[Path]:
    """The licence files at the top of a folder; links are not followed."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    return [p for p in inside if is_licence_file(p.name) and p.is_file() and not p.is_symlink()]


def folder_licence(folder: Path) -> str | None:
    """The licence that a folder's own licence files give it."""
    texts = []
    for path in licence_files(folder):
        try:
            with path.open("rb") as handle:
                texts.append(handle.read(LICENCE_BYTES).decode("utf-8", "replace"))
        except OSError:
            return None
    return licence_of_texts(texts)


def spdx(stated: str) -> str | None:
    """What was stated as an SPDX expression, or nothing where it can't be told.

    >>> spdx("mit"), spdx("BSD License"), spdx("Apache-2.0 or MIT"), spdx("see LICENSE")
    ('MIT', 'BSD-3-Clause', 'Apache-2.0 OR MIT', None)
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    name = _NAMES.get(_words(stated))
    if name is not None:
        return name
    try:
        return str(canonicalize_license_expression(stated))
    except (InvalidLicenseExpression, ValueError):
        return None


def allow_list(names: Iterable[str]) -> frozenset[str]:
    """The licences let through: SPDX names, and all of `PERMISSIVE` for the word.

    Raises `ValueError` for a name that SPDX does not know.
    """
    allowed: set[str] = set()
    for name in names:
        known = spdx(name)
        if name == WORD:
            allowed |= PERMISSIVE
        elif known is None or " " in known:
            raise ValueError(f"no SPDX licence `{name}`; write MIT, Apache-2.0, or `{WORD}`")
        else:
            allowed.add(known)
    return frozenset(allowed)


@lru_cache(maxsize=4096)
def is_allowed(stated: str | None, allowed: frozenset[str]) -> bool:
    """Whether a licence is let through: of `OR` one side, of `AND` both; unknown ones are not.

    >>> allowed = frozenset({"MIT", "BSD-3-Clause"})
    >>> [is_allowed(each, allowed) for each in ("MIT OR GPL-2.0-only", "MIT AND GPL-2.0-only")]
    [True, False]
    """
    expression = spdx(stated) if stated is not None else None
    if expression is None:
        return False
    tokens = expression.replace("(", "( ").replace(")", " )").split()
    value, at = _either(tokens, 0, allowed)
    return value and at == len(tokens)


def _either(tokens: list[str], at: int, allowed: frozenset[str]) -> tuple[bool, int]:
    value, at = _both(tokens, at, allowed)
    while at < len(tokens) and tokens[at] == "OR":
        other, at = _both(tokens, at + 1, allowed)
        value = value or other
    return value, at


def _both(tokens: list[str], at: int, allowed: frozenset[str]) -> tuple[bool, int]:
    value, at = _one(tokens, at, allowed)
    while at < len(tokens) and tokens[at] == "AND":
        other, at = _one(tokens, at + 1, allowed)
        value = value and other
    return value, at


def _one(tokens: list[str], at: int, allowed: frozenset[str]) -> tuple[bool, int]:
    if tokens[at] == "(":
        value, at = _either(tokens, at + 1, allowed)
        return value, at + 1
    # An exception only adds permissions.
    extra = 2 if tokens[at + 1 : at + 2] == ["WITH"] else 0
    return tokens[at] in allowed, at + 1 + extra
