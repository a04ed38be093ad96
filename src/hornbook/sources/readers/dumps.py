"""A Stack Exchange dump: questions with their accepted answers (phi-1 2.1)."""

from __future__ import annotations

import lzma
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from hornbook.engine import Job
from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import DumpSource
from hornbook.sources.jobs import Hands
from hornbook.sources.licences import spdx
from hornbook.sources.pieces import Piece
from hornbook.sources.readers.posts import (
    Post,
    joined,
    posts_of,
    read_bucket,
    tags_of,
    write_buckets,
)
from hornbook.sources.readers.sevenzip import SevenZip
from hornbook.sources.readers.tables import line_spans
from hornbook.sources.scratch import give_memory_back
from hornbook.sources.text import Origin, Raw, Reading, drop, writable
from hornbook.storage import digest

MEMBER = "Posts.xml"
_DEALT_BYTES = 100_000
"""What a span gives to a bucket on average: in smaller portions, files are mostly overhead."""
_ROWS = 100_000


def dump_file(source: DumpSource) -> Path:
    """The file that is read; a folder stands for the Posts.xml in it."""
    path = Path(source.path)
    found = path / MEMBER if path.is_dir() else path
    if not found.is_file():
        raise SourceError(f"{_place(source)}: no such file; correct the path")
    return found


def _place(source: DumpSource) -> str:
    return f"sources.stack_exchange: {source.path}"


def dump_pieces(source: DumpSource, size: int, max_ratio: float, hands: Hands) -> list[Piece]:
    """The dump's posts, dealt into buckets by jobs of their own; each bucket is a piece."""
    path, place = dump_file(source), _place(source)
    with _posts_xml(path, max_ratio, place) as (_, whole):
        size = max(size, math.isqrt(whole * _DEALT_BYTES))
    buckets = max(1, whole // size)
    spans = [(0, None, 1)] if _is_packed(path) else line_spans(path, size)
    jobs = []
    for number, (start, end, line) in enumerate(spans):
        stem = f"posts-{digest([writable(source.path)])[:8]}-{number:05d}"
        deal = Deal(str(path), place, start, end, line, str(hands.scratch / stem))
        jobs.append(Job(stem, deal, digest([writable(source.path), start, end, buckets])))
    parts: list[list[tuple[str, int]]] = [[] for _ in range(buckets)]
    for result in hands.do(DealPosts(buckets, size, max_ratio), jobs):
        for file, groups in zip(result["files"], result["buckets"], strict=True):
            for group, bucket in enumerate(groups):
                parts[bucket].append((file, group))
    return [
        Piece(f"{place} {number}/{buckets}", partial(_rows, source, _site(path), each), place)
        for number, each in enumerate(parts)
    ]


@dataclass(frozen=True)
class Deal:
    """A span of a dump's lines, and the stem of the files it becomes."""

    path: str
    place: str
    start: int
    end: int | None
    line: int
    out: str


@dataclass
class DealPosts:
    """The engine's work: the posts of a span, dealt into buckets by their question."""

    buckets: int
    size: int
    max_ratio: float
    version: str = "1"

    def setup(self) -> None:
        give_memory_back()

    def __call__(self, payload: Deal) -> dict[str, Any]:
        files: list[str] = []
        groups: list[list[int]] = []

        def write(posts: list[Post]) -> None:
            path = Path(f"{payload.out}-{len(files):05d}.parquet")
            groups.append(write_buckets(path, posts, self.buckets))
            files.append(str(path))

        waiting: list[Post] = []
        held = 0
        with _posts_xml(Path(payload.path), self.max_ratio, payload.place) as (handle, _):
            if payload.start:
                handle.seek(payload.start)
            for post in posts_of(handle, payload.end, payload.line, payload.place):
                waiting.append(post)
                held += len(post.body)
                if held >= self.size or len(waiting) == _ROWS:
                    write(waiting)
                    waiting, held = [], 0
        if waiting:
            write(waiting)
        return {"files": files, "buckets": groups}


def _is_packed(path: Path) -> bool:
    return path.suffix == ".7z"


@contextmanager
def _posts_xml(path: Path, max_ratio: float, place: str) -> Iterator[tuple[BinaryIO, int]]:
    """The bytes of Posts.xml, unpacked as they are read, and how many they are."""
    if not _is_packed(path):
        with path.open("rb") as handle:
            yield handle, path.stat().st_size
        return
    try:
        with SevenZip(path) as archive:
            yield archive.open(MEMBER, max_ratio)
    except (ValueError, EOFError, OSError, lzma.LZMAError) as error:
        raise SourceError(f"{place}: {error or 'cut short'}; copy it again") from error


def _site(path: Path) -> str:
    """
    >>> _site(Path("dump/stackoverflow.com-Posts.7z")), _site(Path("dump/superuser.com/Posts.xml"))
    ('stackoverflow.com', 'superuser.com')
    """
    name = path.parent.name if path.name == MEMBER else path.stem.removesuffix("-Posts")
    return writable(name)


def _rows(
    source: DumpSource, site: str, parts: list[tuple[str, int]], _: Reading
) -> Iterator[Raw | Dropped]:
    """A row a question; an answer is a part of its question's, and none of its own."""
    posts = read_bucket(parts)
    answers = {post.number: post for post in posts if post.kind == "answer"}
    wanted = set(source.tags)
    for post in posts:
        origin = Origin("stack-exchange", site, "", f"questions/{post.number}")
        if post.kind == "bad":
            line = Origin("stack-exchange", site, "", f"{MEMBER}#{post.number}")
            yield drop(line, "bad-row", post.body)
        elif post.kind == "question":
            answer = answers.get(post.accepted)
            if wanted and not wanted.intersection(tags_of(post.tags)):
                yield drop(origin, "other-tags", f"tagged {', '.join(tags_of(post.tags))}")
            elif answer is None or answer.question != post.number:
                yield drop(origin, "no-answer", "no answer to it was accepted")
            else:
                yield _document(post, answer, origin)


def _document(question: Post, answer: Post, origin: Origin) -> Raw:
    stated = {spdx_of(post.licence) for post in (question, answer)}
    licence = " AND ".join(sorted(each for each in stated if each)) or None
    text = joined(question, answer)
    whole = Origin(origin.source, origin.collection, origin.version, origin.path, licence)
    return Raw(whole, text.encode("utf-8", "surrogatepass"))


def spdx_of(stated: str | None) -> str | None:
    """As the dumps write licences.

    >>> spdx_of("CC BY-SA 4.0"), spdx_of(None)
    ('CC-BY-SA-4.0', None)
    """
    return spdx(stated.replace(" ", "-")) or stated if stated else None
