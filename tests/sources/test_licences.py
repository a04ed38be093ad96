"""Facts about licences: what is stated, what a text is, and what an allow-list lets through."""

from __future__ import annotations

import sysconfig
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.sources.config import SourcesSettings
from hornbook.sources.licences import (
    PERMISSIVE,
    allow_list,
    folder_licence,
    is_allowed,
    is_licence_file,
    licence_of_text,
    spdx,
)

INSTALLED = Path(sysconfig.get_paths()["purelib"])


def real_licences() -> list[tuple[str, str, str | None]]:
    """(distribution, its own expression, what its licence file is taken for), where both are one."""
    found = []
    for folder in sorted(INSTALLED.glob("*.dist-info")):
        headers = BytesHeaderParser().parsebytes((folder / "METADATA").read_bytes())
        files = [
            path for path in folder.rglob("*") if path.is_file() and is_licence_file(path.name)
        ]
        stated = spdx(str(headers.get("License-Expression") or ""))
        if stated is not None and " " not in stated and len(files) == 1:
            text = files[0].read_text(encoding="utf-8", errors="replace")
            found.append((folder.name, stated, licence_of_text(text)))
    return found


def test_real_licence_files_are_what_their_distributions_state() -> None:
    """Of what is installed here: nearly every text is known, and none is taken for another."""
    found = real_licences()
    assert len(found) > 20
    known = [(name, stated, seen) for name, stated, seen in found if seen is not None]
    assert len(known) > 0.9 * len(found)
    # A file may hold the licences of bundled parts beside its own.
    wrong = [row for row in known if " AND " not in str(row[2]) and row[1] != row[2]]
    assert wrong == []


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("MIT License", "MIT"),
        ("Apache 2.0", "Apache-2.0"),
        ("apache-2.0 or mit", "Apache-2.0 OR MIT"),
        ("BSD", "BSD-3-Clause"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("Copyright 2020 by me", None),
        ("", None),
    ],
)
def test_what_people_write_is_told_where_it_can_be(stated: str, name: str | None) -> None:
    """Names in words, expressions in any case, and nothing made of nonsense."""
    assert spdx(stated) == name


@pytest.mark.parametrize(
    ("stated", "let_through"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(GPL-3.0-only OR MIT) AND BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT AND GPL-2.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("LicenseRef-Proprietary", False),
        ("nonsense", False),
        (None, False),
    ],
)
def test_an_expression_is_weighed_as_it_is_meant(stated: str | None, let_through: bool) -> None:
    """`AND` binds before `OR`, brackets before both; what is not known is not let through."""
    assert is_allowed(stated, allow_list(["permissive"])) == let_through


def expressions() -> st.SearchStrategy[tuple[str, bool]]:
    """An expression and whether it is let through, where MIT and ISC are."""
    leaves = st.sampled_from([("MIT", True), ("ISC", True), ("GPL-3.0-only", False)])

    def joined(inner: st.SearchStrategy[tuple[str, bool]]) -> st.SearchStrategy[tuple[str, bool]]:
        return st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
            lambda parts: (
                f"({parts[0][0]}) {parts[1]} ({parts[2][0]})",
                parts[0][1] and parts[2][1] if parts[1] == "AND" else parts[0][1] or parts[2][1],
            )
        )

    return st.recursive(leaves, joined, max_leaves=8)


@given(expressions())
def test_any_expression_is_weighed_as_logic_does(case: tuple[str, bool]) -> None:
    """However deep it is."""
    assert is_allowed(case[0], frozenset({"MIT", "ISC"})) == case[1]


def test_permissive_names_are_all_real() -> None:
    """Each is an SPDX name, written as SPDX writes it."""
    assert {spdx(name) for name in PERMISSIVE} == PERMISSIVE
    assert not {"GPL-3.0-only", "MPL-2.0", "CC-BY-SA-4.0"} & allow_list(["permissive"])
    with pytest.raises(ConfigError, match="no SPDX licence `mitt`; write MIT, Apache-2.0, or"):
        settings_from(SourcesSettings, {"python": True, "licences": ["mitt"]}, "recipe")


def test_a_folder_has_the_licence_of_its_own_files(tmp_path: Path) -> None:
    """Of two, both; of one that is not known, none; a link elsewhere does not count."""
    mit = (
        "Permission is hereby granted, free of charge, to any person obtaining a copy. The above"
        " copyright notice and this permission notice shall be included in all copies."
    )
    assert folder_licence(tmp_path) is None
    (tmp_path / "LICENSE-MIT").write_text(mit)
    assert folder_licence(tmp_path) == "MIT"
    (tmp_path / "LICENSE-APACHE").write_text("Licensed under the Apache License, Version 2.0.")
    assert folder_licence(tmp_path) == "Apache-2.0 AND MIT"
    (tmp_path / "COPYING").symlink_to(tmp_path / "elsewhere")
    assert folder_licence(tmp_path) == "Apache-2.0 AND MIT"
    (tmp_path / "LICENSE.txt").write_text("All rights reserved.")
    assert folder_licence(tmp_path) is None
