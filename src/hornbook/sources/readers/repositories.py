"""A git repository read at one commit, without a working tree and without its settings.

A repository may be hostile: its `config` and hooks can name programs to run. Neither is ever looked
at: git works in an empty repository of ours that only borrows the other's objects.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import GitSource
from hornbook.sources.licences import LICENCE_BYTES, is_licence_file, licence_of_texts
from hornbook.sources.pieces import Piece, batches
from hornbook.sources.text import Origin, Raw, Reading, drop, writable
from hornbook.storage import digest

MEMORY = 2 << 30
"""Address space of git: an object may be packed as a small change to a very large one."""
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_LINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True)
class Entry:
    """A file of a commit."""

    mode: str
    object: str
    size: int
    path: str


class Repository:
    """A clone or a bare repository, and the commit that its settings name.

    Raises `SourceError` where there is none, or one that borrows objects from elsewhere.
    """

    def __init__(self, source: GitSource) -> None:
        self.place = f"sources.git: {source.path}"
        root = Path(source.path).resolve()
        self.name = writable(root.name.removesuffix(".git"))
        self._folder = root / ".git" if (root / ".git").is_dir() else root
        self.objects = self._folder / "objects"
        if not self.objects.is_dir() or not (self._folder / "HEAD").is_file():
            raise SourceError(f"{self.place}: no git repository; correct the path")
        if (self.objects / "info" / "alternates").exists():
            raise SourceError(
                f"{self.place}: it borrows objects from another repository; clone it in full"
            )
        self.commit = self._resolve(source.revision)

    def _resolve(self, name: str, depth: int = 5) -> str:
        """The commit (or tag object) that a branch, a tag or a commit's own name stands for."""
        if _COMMIT.fullmatch(name):
            return name
        names = [name] if name == "HEAD" or name.startswith("refs/") else []
        names += [f"refs/tags/{name}", f"refs/heads/{name}", f"refs/remotes/origin/{name}"]
        packed = self._packed()
        for each in names if ".." not in name else ():
            path = self._folder / each
            text = _first_line(path) if path.is_file() and not path.is_symlink() else ""
            if text.startswith("ref: ") and depth:
                return self._resolve(text.removeprefix("ref: ").strip(), depth - 1)
            if _COMMIT.fullmatch(text) or each in packed:
                return text if _COMMIT.fullmatch(text) else packed[each]
        raise SourceError(f"{self.place}: no branch, tag or commit `{name}`; correct revision")

    def _packed(self) -> dict[str, str]:
        path = self._folder / "packed-refs"
        if not path.is_file() or path.is_symlink():
            return {}
        pairs = (line.split(" ", 1) for line in path.read_text("utf-8", "replace").splitlines())
        return {pair[1]: pair[0] for pair in pairs if len(pair) == 2 and _COMMIT.fullmatch(pair[0])}

    def entries(self) -> list[Entry]:
        """Every file of the commit, in the order of their paths."""
        arguments = ("ls-tree", "-r", "-l", "-z", "--full-tree", self.commit)
        with _git(self.objects, self.commit, arguments) as process:
            out, said = process.communicate()
        if process.returncode:
            raise SourceError(f"{self.place}: git can't read {self.commit} ({_reason(said)})")
        found = []
        for line in out.split(b"\0")[:-1]:
            words, _, path = line.partition(b"\t")
            mode, _, name, size = words.decode("ascii").split()
            text = writable(os.fsdecode(path))
            found.append(Entry(mode, name, int(size) if size.isdigit() else 0, text))
        return sorted(found, key=lambda entry: entry.path)


def git_pieces(source: GitSource, size: int) -> list[Piece]:
    """The chosen files of a repository's commit."""
    repository = Repository(source)
    pattern = matching(source.globs)
    entries = repository.entries()
    chosen = [entry for entry in entries if pattern.fullmatch(entry.path)]
    if not chosen:
        raise SourceError(
            f"{repository.place}: no file of {source.revision} is like {' or '.join(source.globs)};"
            " correct revision or globs"
        )
    licence = _licence(repository, entries)
    whole = Origin("git", repository.name, repository.commit, "", licence)
    return [
        Piece(
            f"{repository.place} {repository.commit} {digest([entry.path for entry in run])}",
            partial(_rows, repository.objects, whole, run),
        )
        for run in batches(chosen, lambda entry: entry.size, size)
    ]


def matching(globs: Sequence[str]) -> re.Pattern[str]:
    """The paths that `globs` choose, as `Path.glob` would.

    >>> pattern = matching(["**/*.py"])
    >>> [bool(pattern.fullmatch(path)) for path in ("a.py", "a/b.py", "a.pyc", "a/b")]
    [True, True, False, False]
    """
    return re.compile("|".join(f"(?:{_expression(glob)})" for glob in globs), re.DOTALL)


def _expression(glob: str) -> str:
    parts = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    found = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return "".join(parts.get(part) or re.escape(part) for part in found)


def _licence(repository: Repository, entries: Sequence[Entry]) -> str | None:
    files = [e for e in entries if "/" not in e.path and is_licence_file(e.path)]
    plain = [e for e in files if e.mode.startswith("100") and e.size <= LICENCE_BYTES]
    texts = [data.decode("utf-8", "replace") for data in blobs(repository.objects, plain)]
    return licence_of_texts(texts)


def _rows(
    objects: Path, whole: Origin, entries: Sequence[Entry], reading: Reading
) -> Iterator[Raw | Dropped]:
    origins = [replace(whole, path=entry.path) for entry in entries]
    wanted = []
    for entry, origin in zip(entries, origins, strict=True):
        if entry.mode in (_LINK, _SUBMODULE):
            yield drop(origin, "link", "a link or another repository, not a file")
        elif entry.size >= reading.limit(origin):
            yield drop(origin, "too-large", f"more than {reading.settings.max_bytes:,} bytes")
        else:
            wanted.append((entry, origin))
    found = blobs(objects, [entry for entry, _ in wanted])
    for (_, origin), data in zip(wanted, found, strict=True):
        yield Raw(origin, data)


def blobs(objects: Path, entries: Sequence[Entry]) -> Iterator[bytes]:
    """The content of each entry, in order; one process of git serves all."""
    if not entries:
        return
    with _git(objects, entries[0].object, ("cat-file", "--batch")) as process:
        asked, given = process.stdin, process.stdout
        if asked is None or given is None:
            raise SourceError("git gave no pipe")
        for entry in entries:
            with suppress(BrokenPipeError):  # it ended; the answer will be missing
                asked.write(f"{entry.object}\n".encode())
                asked.flush()
            yield _blob(given, entry, objects)


def _blob(given: IO[bytes], entry: Entry, objects: Path) -> bytes:
    head = given.readline(200).split()
    if len(head) != 3 or head[1] != b"blob" or int(head[2]) != entry.size:
        raise SourceError(
            f"sources.git: {objects.parent}: object {entry.object} of {entry.path} is missing or"
            " damaged; clone the repository again"
        )
    data = given.read(entry.size + 1)
    if len(data) != entry.size + 1:
        raise SourceError(f"sources.git: {objects.parent}: git ended early; clone it again")
    return data[:-1]


@contextmanager
def _git(objects: Path, name: str, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A git that sees the objects and nothing else, and is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="hornbook-git-") as folder:
        _empty_repository(Path(folder), "sha256" if len(name) == 64 else "sha1")
        command = ["git", "-c", "core.packedGitWindowSize=32m", "-c", "core.packedGitLimit=256m"]
        command += [f"--git-dir={folder}", *arguments]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if arguments[0] == "ls-tree" else subprocess.DEVNULL,
                env=_surroundings(objects),
            )
        except FileNotFoundError as error:
            raise SourceError("sources.git: git is not installed; install it") from error
        _limit(process.pid)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()


def _empty_repository(folder: Path, kind: str) -> None:
    for name in ("objects", "refs"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/none\n")
    version, extension = (0, "") if kind == "sha1" else (1, "[extensions]\nobjectFormat = sha256\n")
    text = f"[core]\nrepositoryformatversion = {version}\nbare = true\n{extension}"
    (folder / "config").write_text(text)


def _surroundings(objects: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_OBJECT_DIRECTORY": str(objects),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def _limit(process: int) -> None:
    import resource

    if hasattr(resource, "prlimit"):  # where it is not, git's memory has no limit
        resource.prlimit(process, resource.RLIMIT_AS, (MEMORY, MEMORY))


def _first_line(path: Path) -> str:
    with path.open("rb") as handle:
        return handle.readline(500).decode("utf-8", "replace").strip()


def _reason(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ")[:200] if lines else "it gave no reason"
