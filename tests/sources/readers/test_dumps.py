"""Facts about Stack Exchange dumps: rows, the join, HTML, and what is hostile."""

from __future__ import annotations

import io
import random
import time
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.engine import executor_for
from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import DumpSource, SourcesSettings
from hornbook.sources.jobs import Hands
from hornbook.sources.readers.dumps import dump_pieces
from hornbook.sources.readers.html_text import text_of_html
from hornbook.sources.readers.posts import BODY_CHARACTERS, LINE_BYTES, post_of, posts_of
from hornbook.sources.text import Raw, Reading

ARCHIVES = Path(__file__).parent / "archives"
Rows = list[Raw | Dropped]


def read(path: Path, scratch: Path, size: int = 1 << 20, workers: int = 1, **more: Any) -> Rows:
    source = DumpSource(path=str(path), **more)
    reading = Reading(SourcesSettings(stack_exchange=(source,)))
    pieces = dump_pieces(source, size, 200, Hands(executor_for(workers), scratch))
    rows = [row for piece in pieces for row in piece.rows(reading)]
    return sorted(rows, key=lambda row: row.path if isinstance(row, Dropped) else row.origin.path)


def row(number: int, **more: object) -> str:
    found = {"Id": number, "PostTypeId": 1, "Body": f"<p>body {number}</p>", "Title": "t", **more}
    return "<row " + " ".join(f'{k}="{escape(str(v))}"' for k, v in found.items()) + " />"


def dump(path: Path, rows: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = "".join(f"  {each}\n" for each in rows)
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<posts>\n{body}</posts>\n')
    return path


JOINED = """Question: Sorting a list

How do I sort a list?

```
a = [3, 1]
if a < 2:
    pass
```

Answer:

Use `sorted`.
"""


@pytest.mark.parametrize("name", ["Posts.xml", "lzma.7z", "bzip2.7z"])
def test_a_question_is_joined_with_the_answer_that_was_accepted(tmp_path: Path, name: str) -> None:
    """Plain or packed: one text, its code as it stood, under both licences."""
    found = read(ARCHIVES / name, tmp_path, tags=("python",))
    (kept,) = (row for row in found if isinstance(row, Raw))
    assert kept.data.decode() == JOINED
    assert (kept.origin.path, kept.origin.licence) == ("questions/1", "CC-BY-SA-4.0")
    assert {row.path: row.reason for row in found if isinstance(row, Dropped)} == {
        "questions/4": "no-answer",
        "questions/6": "other-tags",
        "Posts.xml#7": "bad-row",
    }


def test_the_join_is_the_same_for_any_size_and_any_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions and answers far apart, in many spans and buckets, in two processes."""
    rng = random.Random(5)
    rows = []
    for n in range(1, 201):
        rows.append(row(n, AcceptedAnswerId=1000 + n) if n % 3 else row(n))
        rows.append(row(1000 + n, PostTypeId=2, ParentId=n))
        rows.append(row(2000 + n, PostTypeId=2, ParentId=n))
    rng.shuffle(rows)
    path = dump(tmp_path / "site.example.org" / "Posts.xml", rows)
    monkeypatch.setattr("hornbook.sources.readers.dumps._DEALT_BYTES", 10)
    whole = read(path, tmp_path / "a")
    assert len(whole) == 200
    assert sum(isinstance(each, Raw) for each in whole) == 134
    assert {each.origin.collection for each in whole if isinstance(each, Raw)} == {
        "site.example.org"
    }
    assert read(path, tmp_path / "b", size=2_000) == whole
    assert read(path, tmp_path / "c", size=9_000, workers=2) == whole


def test_an_answer_to_another_question_is_not_taken(tmp_path: Path) -> None:
    """Numbers in a dump may say anything."""
    rows = [row(1, AcceptedAnswerId=3), row(2), row(3, PostTypeId=2, ParentId=2)]
    found = read(dump(tmp_path / "Posts.xml", rows), tmp_path / "s")
    assert [each.reason for each in found if isinstance(each, Dropped)] == ["no-answer"] * 2


def test_damaged_rows_cost_themselves_alone(tmp_path: Path) -> None:
    """Bytes in no encoding, an unknown entity, a number too large, an endless line."""
    bad = [
        '<row Id="5" PostTypeId="1" Body="&nothing;" />',
        '<row Id="6" PostTypeId="1"',
        '<row Id="99999999999999999999" PostTypeId="1" Body="x" />',
        "some words",
        '<row Id="7" PostTypeId="1" Body="' + "x" * LINE_BYTES + '" />',
        row(8, PostTypeId=2, ParentId="x"),
    ]
    rows = [row(1, AcceptedAnswerId=2), *bad, row(2, PostTypeId=2, ParentId=1)]
    path = dump(tmp_path / "Posts.xml", rows)
    path.write_bytes(path.read_bytes().replace(b"some words", b'<row Id="9" Body="\xff\xfe" />'))
    found = read(path, tmp_path / "s")
    assert [each.origin.path for each in found if isinstance(each, Raw)] == ["questions/1"]
    assert [each.path for each in found if isinstance(each, Dropped)] == sorted(
        f"Posts.xml#{line}" for line in range(4, 10)
    )


@pytest.mark.parametrize("where", ["before", "inside"])
def test_a_bomb_of_entities_is_refused(tmp_path: Path, where: str) -> None:
    """No dump declares a document type, and without one no entity can be."""
    bomb = '<!DOCTYPE posts [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    path = dump(tmp_path / "Posts.xml", [row(1), bomb, row(2)])
    if where == "before":
        path.write_text(bomb + "\n" + path.read_text())
    with pytest.raises(SourceError, match="declares a document type.*take the file from its publ"):
        read(path, tmp_path / "s")
    inside = b'<row Id="1" PostTypeId="1" Body="x"/><!DOCTYPE a [<!ENTITY b "c">]>'
    assert post_of(inside, 1).kind == "bad"


def test_a_dump_that_is_not_there_or_damaged_is_a_clear_error(tmp_path: Path) -> None:
    """The error gives the path as the user wrote it."""
    with pytest.raises(SourceError, match=r"no/Posts\.xml: no such file; correct the path"):
        read(tmp_path / "no" / "Posts.xml", tmp_path / "s")
    for content in (b"", b"7z", (ARCHIVES / "lzma.7z").read_bytes()[:-50]):
        (tmp_path / "a.7z").write_bytes(content)
        with pytest.raises(SourceError, match=r"a\.7z: .*copy it again"):
            read(tmp_path / "a.7z", tmp_path / "s")


@given(st.lists(st.binary(max_size=80).map(lambda data: data.replace(b"<!", b"<"))))
def test_every_line_is_a_frame_or_a_post_or_a_reason(lines: list[bytes]) -> None:
    """Nothing in a file of any bytes ends the reading of it."""
    data = b"\n".join([*lines, row(1).encode()])
    posts = list(posts_of(io.BytesIO(data), None, 1, "here"))
    assert posts[-1].kind in ("question", "bad")
    assert all(post.kind == "bad" for post in posts[:-1])


def test_html_becomes_text_and_code_stays_as_it_is() -> None:
    """Blocks are lines, lists have dashes, scripts go, and nothing in a block of code is touched."""
    html = (
        "<h2>Head</h2>\n<p>a  <b>bold</b>\nline<br>next &amp; last</p><ul><li>one</li><li>two</li>"
        "</ul><script>alert(1)</script><pre><code>x  =  1\n\n\n\n  y &lt; 2   \n</code></pre><p>end"
    )
    assert text_of_html(html) == (
        "Head\n\na bold line\nnext & last\n\n- one\n- two\n\n"
        "```\nx  =  1\n\n\n\n  y < 2   \n```\n\nend"
    )


@given(st.text(alphabet="<>/preocd&;lt \n!-`", max_size=80))
def test_any_html_gives_a_text(html: str) -> None:
    """Unbalanced, cut or nonsense: there is an answer."""
    assert isinstance(text_of_html(html), str)


@pytest.mark.parametrize("mark", ["<a ", "<!--", "<a b='", "x<y ", "</", "&", "<pre>", "<script>"])
def test_a_long_row_of_any_mark_takes_no_time(mark: str) -> None:
    """Nothing in a text is looked through again for every tag that might begin in it."""
    started = time.monotonic()
    assert isinstance(text_of_html(mark * (BODY_CHARACTERS // len(mark))), str)
    assert time.monotonic() - started < 10
