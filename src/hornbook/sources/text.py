"""From bytes to a document, or to the reason why not."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from hornbook.records import Document, Dropped, content_id
from hornbook.sources.config import SourcesSettings

_STRIPPED = re.compile(rb"[^(\[{)\]}]+")


@dataclass(frozen=True)
class Origin:
    """Where a piece of text was found."""

    source: str
    collection: str
    version: str
    path: str
    licence: str | None = None


def read_text(data: bytes, origin: Origin, limits: SourcesSettings) -> Document | Dropped:
    """A document in UTF-8 with plain line ends, or a dropped row with its reason."""
    if len(data) > limits.max_bytes:
        return drop(origin, "too-large", f"{len(data):,} bytes, {limits.max_bytes:,} allowed")
    if b"\0" in data:
        return drop(origin, "nul-bytes", f"a NUL at byte {data.index(0)}")
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        return drop(origin, "not-utf8", f"byte {error.start}: {error.reason}")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) < limits.min_characters:
        return drop(origin, "too-short", f"{len(text)} characters, {limits.min_characters} wanted")
    longest = max(map(len, text.split("\n")))
    if longest > limits.max_line:
        return drop(origin, "long-line", f"a line of {longest:,} characters")
    if (depth := bracket_depth(data)) > limits.max_depth:
        return drop(origin, "deep-nesting", f"brackets {depth:,} deep")
    return Document(
        id=content_id(text),
        text=text,
        source=origin.source,
        collection=origin.collection,
        version=origin.version,
        path=origin.path,
        licence=origin.licence,
    )


def bracket_depth(data: bytes) -> int:
    """How deep brackets nest, quotes and comments not looked at: enough to spare the parser.

    >>> bracket_depth(b"f([1, (2)])")
    3
    """
    depth = deepest = 0
    for bracket in _STRIPPED.sub(b"", data):
        depth += 1 if bracket in b"([{" else -1
        deepest = max(deepest, depth)
    return deepest


def drop(origin: Origin, reason: str, detail: str) -> Dropped:
    """A dropped row for something that has no content of its own; its id is that of its place."""
    place = f"{origin.source}/{origin.collection}/{origin.version}/{origin.path}"
    return Dropped(content_id(place), origin.source, origin.collection, origin.path, reason, detail)
