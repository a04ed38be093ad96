"""Facts about git repositories: made by git itself, honest and hostile."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import GitSource, SourcesSettings
from hornbook.sources.external import external
from hornbook.sources.readers.repositories import Repository, git_pieces
from hornbook.sources.text import Raw, Reading

MIT = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy. The above"
    " copyright notice and this permission notice shall be included in all copies."
)
Rows = list[Raw | Dropped]


def git(folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }  # fmt: skip
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture(params=["sha1", "sha256"])
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    git(folder, "init", f"--object-format={request.param}")
    (folder / "LICENSE").write_text(MIT)
    (folder / "src" / "a.py").write_text("value = 1\n")
    (folder / "src" / "big.py").write_text("#" * 500_000)
    (folder / "notes.md").write_text("no code")
    (folder / "link.py").symlink_to("/etc/passwd")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "one")
    git(folder, "tag", "-a", "v1", "-m", "first")
    (folder / "src" / "a.py").write_text("value = 2\n")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.py")).write_text("value = 3\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "two")
    return folder


def read(path: Path, size: int = 1 << 20, **more: Any) -> Rows:
    source = GitSource(path=str(path), **more)
    reading = Reading(SourcesSettings(git=(source,)))
    return [row for piece in git_pieces(source, size) for row in piece.rows(reading)]


def texts(rows: Rows) -> dict[str, bytes]:
    return {row.origin.path: row.data for row in rows if isinstance(row, Raw)}


def test_files_are_read_at_a_revision(repository: Path) -> None:
    """The newest commit, a tag that has a message, and a commit by its own name."""
    now, then = {"src/a.py": b"value = 2\n", "caf\\udce9.py": b"value = 3\n"}, b"value = 1\n"
    found = read(repository)
    assert texts(found) == now
    assert {r.path: r.reason for r in found if isinstance(r, Dropped)} == {
        "link.py": "link",
        "src/big.py": "too-large",
    }
    commit = git(repository, "rev-parse", "HEAD")
    assert {(r.origin.version, r.origin.licence) for r in found if isinstance(r, Raw)} == {
        (commit, "MIT")
    }
    assert texts(read(repository, revision="v1")) == {"src/a.py": then}
    assert texts(read(repository, revision=git(repository, "rev-parse", "HEAD~1"))) == {
        "src/a.py": then
    }
    assert texts(read(repository, size=1_000)) == now
    assert texts(read(repository, globs=("*.md",))) == {"notes.md": b"no code"}


def test_a_bare_and_packed_repository_is_the_same(repository: Path, tmp_path: Path) -> None:
    """Refs and objects may stand in packs."""
    git(tmp_path, "clone", "--bare", "--no-local", str(repository), "bare.git")
    git(tmp_path / "bare.git", "gc")
    assert texts(read(tmp_path / "bare.git")) == texts(read(repository))
    assert texts(read(tmp_path / "bare.git", revision="main")) == texts(read(repository))


def test_nothing_that_a_repository_names_is_run(repository: Path, tmp_path: Path) -> None:
    """Its settings and hooks would start programs, if anyone looked at them."""
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    with (repository / ".git" / "config").open("a") as handle:
        handle.write(
            f"[core]\nfsmonitor = {program}\npager = {program}\nsshCommand = {program}\n"
            f"hooksPath = {tmp_path}\n[include]\npath = /dev/zero\n[alias]\nls-tree = !{program}\n"
            '[extensions]\npartialClone = origin\n[remote "origin"]\n'
            f"url = ext::{program}\npromisor = true\n"
        )
    for name in ("post-checkout", "reference-transaction", "fsmonitor-watchman"):
        (repository / ".git" / "hooks" / name).write_text(program.read_text())
        (repository / ".git" / "hooks" / name).chmod(0o755)
    assert len(texts(read(repository))) == 2
    blob = git_object(repository, "src/a.py")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(SourceError, match=r"missing or damaged; clone the repository again"):
        read(repository)
    assert not ran.exists()


def git_object(folder: Path, path: str) -> str:
    entries = Repository(GitSource(path=str(folder))).entries()
    return next(entry.object for entry in entries if entry.path == path)


def test_a_repository_that_leads_elsewhere_is_refused(repository: Path, tmp_path: Path) -> None:
    """Objects of another repository, and refs by a link or out of the folder."""
    with pytest.raises(SourceError, match="no branch, tag or commit `gone`; correct revision"):
        read(repository, revision="gone")
    with pytest.raises(SourceError, match="no branch, tag or commit"):
        read(repository, revision="a/../../x")
    (tmp_path / "secret").write_text(git(repository, "rev-parse", "HEAD"))
    (repository / ".git" / "refs" / "heads" / "out").symlink_to(tmp_path / "secret")
    with pytest.raises(SourceError, match="no branch, tag or commit `out`"):
        read(repository, revision="out")
    (repository / ".git" / "objects" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "objects" / "info" / "alternates").write_text("/elsewhere\n")
    with pytest.raises(SourceError, match="borrows objects from another repository"):
        read(repository)


def test_what_is_no_repository_is_a_clear_error(tmp_path: Path, repository: Path) -> None:
    """A folder without one, and one without the files that are wanted."""
    with pytest.raises(SourceError, match="no git repository; correct the path"):
        read(tmp_path)
    with pytest.raises(SourceError, match=r"no file of HEAD is like \*\*/\*\.java; correct"):
        read(repository, globs=("**/*.java",))


def test_the_commit_is_what_enters_from_outside(repository: Path) -> None:
    """What lies in the working tree plays no part."""
    settings = SourcesSettings(git=(GitSource(path=str(repository)),))
    before = external(settings)
    (repository / "src" / "a.py").write_text("value = 99\n")
    assert external(settings) == before
    assert list(before.values()) == [git(repository, "rev-parse", "HEAD")]
