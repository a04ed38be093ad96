"""Rows of a Stack Exchange Posts.xml, one at a time, and their join in bounded memory.

A dump holds one `<row .../>` a line. Each line is parsed by itself: a damaged one costs itself
alone, and where no document is parsed there is no document type that could declare an entity. The
join is in two rounds: posts are first dealt into buckets by their question's number, then every
bucket is joined by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from hornbook.errors import SourceError
from hornbook.sources.readers.html_text import text_of_html
from hornbook.storage import atomic_file, schema_of

LINE_BYTES = 8 << 20
"""A post has some 30,000 characters; each may take several bytes."""
BODY_CHARACTERS = 500_000
QUESTION, ANSWER = "1", "2"
_FRAME = (b"<?xml", b"<posts", b"</posts", b"")


@dataclass(frozen=True, slots=True)
class Post:
    """What is kept of a row until it is joined."""

    number: int
    question: int
    """The question that it is, or belongs to."""
    kind: str
    """`question`, `answer`, or `bad`: `body` then says why."""
    accepted: int
    title: str
    tags: str
    body: str
    licence: str | None


def posts_of(handle: BinaryIO, end: int | None, line: int, place: str) -> Iterator[Post]:
    """The posts of the lines that begin before byte `end`, the first being line `line`.

    Raises `SourceError` for a document type, which no dump has and a bomb needs.
    """
    at = handle.tell() if end is not None else 0
    while (end is None or at < end) and (data := handle.readline(LINE_BYTES)):
        at += len(data)
        if len(data) == LINE_BYTES and not data.endswith(b"\n"):
            while data and not data.endswith(b"\n"):
                data = handle.readline(LINE_BYTES)
                at += len(data)
            yield _bad(line, f"longer than {LINE_BYTES:,} bytes")
        elif (row := data.removeprefix(b"\xef\xbb\xbf").strip()).startswith(b"<row"):
            yield post_of(row, line)
        elif b"<!" in row:
            raise SourceError(
                f"{place}: line {line} declares a document type, which no dump of posts does and"
                " a bomb of entities needs; take the file from its publisher"
            )
        elif not any(row.startswith(mark) if mark else not row for mark in _FRAME):
            yield _bad(line, "no row of posts")
        line += 1


def post_of(row: bytes, line: int) -> Post:
    """The post in one `<row .../>`, or why it is none."""
    found: dict[str, str] = {}
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.update(attributes)
    try:
        parser.Parse(row, True)
    except expat.ExpatError as error:
        return _bad(line, f"not XML ({error})")
    number, kind = _number(found.get("Id")), found.get("PostTypeId")
    if number is None or "Body" not in found:
        return _bad(line, "no Id or no Body")
    if len(found["Body"]) > BODY_CHARACTERS:
        return _bad(line, f"a body of {len(found['Body']):,} characters")
    if kind == QUESTION:
        question, accepted = number, _number(found.get("AcceptedAnswerId")) or 0
    elif kind == ANSWER and (parent := _number(found.get("ParentId"))) is not None:
        question, accepted = parent, 0
    else:
        return _bad(line, f"neither a question nor an answer to one (kind {kind})")
    return Post(
        number,
        question,
        "question" if kind == QUESTION else "answer",
        accepted,
        found.get("Title", ""),
        found.get("Tags", ""),
        found["Body"],
        found.get("ContentLicense"),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _bad(line: int, why: str) -> Post:
    return Post(line, line, "bad", 0, "", "", f"line {line}: {why}", None)


def write_buckets(path: Path, posts: list[Post], count: int) -> list[int]:
    """Write `posts` with a row group a bucket; returns the buckets, in the groups' order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    dealt: dict[int, list[Post]] = {}
    for post in posts:
        dealt.setdefault(post.question % count, []).append(post)
    schema = schema_of(Post)
    with atomic_file(path) as handle, pq.ParquetWriter(handle, schema, compression="zstd") as out:
        for _, group in sorted(dealt.items()):
            columns = [pa.array([getattr(p, f.name) for p in group], f.type) for f in schema]
            out.write_table(pa.Table.from_arrays(columns, schema=schema), len(group))
    return sorted(dealt)


def read_bucket(parts: list[tuple[str, int]]) -> list[Post]:
    """The posts of a bucket, in the order of their numbers."""
    import pyarrow.parquet as pq

    posts = []
    for path, group in parts:
        with pq.ParquetFile(path) as file:
            posts += [Post(**row) for row in file.read_row_group(group).to_pylist()]
    return sorted(posts, key=lambda post: (post.number, post.kind, post.body))


def tags_of(written: str) -> list[str]:
    """
    >>> tags_of("<python><list>"), tags_of("|python|list|")
    (['python', 'list'], ['python', 'list'])
    """
    return [tag for tag in written.replace("<", "|").replace(">", "|").split("|") if tag]


def joined(question: Post, answer: Post) -> str:
    """A question and its accepted answer as one text."""
    parts = (question.title.strip(), text_of_html(question.body), text_of_html(answer.body))
    return "Question: {}\n\n{}\n\nAnswer:\n\n{}\n".format(*parts)
