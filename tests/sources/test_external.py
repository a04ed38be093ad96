"""Facts about what enters a run from outside."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from pathlib import Path

import pytest

from hornbook.errors import SourceError
from hornbook.sources.config import SourcesSettings, TextFile
from hornbook.sources.external import external


def settings_for(home: Path) -> SourcesSettings:
    (home / "code").mkdir()
    (home / "code" / "a.py").write_text("a = 1\n")
    (home / "code" / "b.txt").write_text("no code\n")
    (home / "t.jsonl").write_text('{"text": "one"}\n')
    return SourcesSettings(
        python=True,
        folders=(str(home / "code"),),
        files=(TextFile(path=str(home / "t.jsonl")),),
        pypi="teacher",
    )


def test_every_input_has_a_digest_and_nothing_else_has(tmp_path: Path) -> None:
    """The same inputs give the same digests; the interpreter is known by its version."""
    settings = settings_for(tmp_path)
    found = external(settings)
    assert sorted(found) == sorted(
        ["pypi", "python", f"folder {tmp_path / 'code'}", f"file {tmp_path / 't.jsonl'}"]
    )
    assert found["python"] == platform.python_version()
    assert external(settings) == found
    assert external(SourcesSettings(python=True)) == {"python": platform.python_version()}


@pytest.mark.parametrize(
    ("change", "input_changed"),
    [
        (lambda home: (home / "code" / "a.py").write_text("a = 2\n"), "folder"),
        (lambda home: (home / "code" / "a.py").rename(home / "code" / "c.py"), "folder"),
        (lambda home: (home / "code" / "c.py").write_text("a = 1\n"), "folder"),
        (lambda home: (home / "t.jsonl").write_text('{"text": "two"}\n'), "file"),
    ],
)
def test_a_change_of_an_input_changes_its_digest_alone(
    tmp_path: Path, change: Callable[[Path], object], input_changed: str
) -> None:
    """A file's content, its name and one file more each count."""
    settings = settings_for(tmp_path)
    before = external(settings)
    change(tmp_path)
    after = external(settings)
    assert [name.split()[0] for name in before if before[name] != after[name]] == [input_changed]


def test_what_is_not_read_changes_nothing(tmp_path: Path) -> None:
    """A file that no pattern chooses, and what a link outside leads to, play no part."""
    settings = settings_for(tmp_path)
    outside = tmp_path / "outside.py"
    outside.write_text("x = 1\n")
    (tmp_path / "code" / "link.py").symlink_to(outside)
    before = external(settings)
    outside.write_text("x = 2\n")
    (tmp_path / "code" / "b.txt").write_text("other words\n")
    assert external(settings) == before


def test_names_in_no_encoding_and_links_in_a_circle_are_no_trouble(tmp_path: Path) -> None:
    """A folder may hold anything that a file system allows."""
    settings = settings_for(tmp_path)
    Path(os.fsdecode(os.fsencode(tmp_path / "code") + b"/caf\xe9.py")).write_text("x = 1\n")
    (tmp_path / "code" / "loop.py").symlink_to(tmp_path / "code" / "loop.py")
    assert len(external(settings)) == 4


def test_a_missing_or_empty_input_is_a_clear_error(tmp_path: Path) -> None:
    """The error comes before the run begins, with the path as the user wrote it."""
    gone = tmp_path / "gone"
    for settings, message in [
        (SourcesSettings(folders=(str(gone),)), f"{gone}: no such folder; correct the path"),
        (SourcesSettings(files=(TextFile(path=str(gone)),)), f"{gone}: no such file; correct"),
        (SourcesSettings(pypi=str(gone)), f"no list of wheels `{gone}`"),
        (SourcesSettings(folders=(str(tmp_path),)), f"{tmp_path}: no document left of 0 files"),
    ]:
        with pytest.raises(SourceError, match=message):
            external(settings)
