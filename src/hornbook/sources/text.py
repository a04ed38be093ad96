"""From bytes to a document, or to the reason why not."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from hornbook.records import Document, Dropped, content_id
from hornbook.sources.config import SourcesSettings

_NOT_BRACKETS = re.compile(rb"[^(\[{)\]}]+")


@dataclass(frozen=True)
class Origin:
    """Where a piece of text was found."""

    source: str
    collection: str
    version: str
    path: str
    licence: str | None = None


@dataclass(frozen=True)
class Raw:
    """The bytes found at a place, and why they may serve as evidence only, if so."""

    origin: Origin
    data: bytes
    excluded: str | None = None


@dataclass(frozen=True)
class Reading:
    """What the readers are told: the settings, and which files must be had whole.

    `wanted` holds (collection, path) of files that a later stage needs whatever their size is.
    """

    settings: SourcesSettings
    wanted: frozenset[tuple[str, str]] = frozenset()

    def is_wanted(self, origin: Origin) -> bool:
        return (origin.collection, origin.path) in self.wanted

    def limit(self, origin: Origin) -> int:
        """Bytes read from a file at most; one byte over the limit tells that there are more."""
        wanted = self.is_wanted(origin)
        return (self.settings.max_wanted_bytes if wanted else self.settings.max_bytes) + 1


def writable(name: str) -> str:
    """A name that any table can hold: what is no Unicode in it is spelt out.

    File systems and JSON know names that are not.

    >>> print(writable("caf\\udce9.py"))
    caf\\udce9.py
    """
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def decode(data: bytes) -> str:
    """UTF-8 with or without a byte order mark, and `\\r\\n` as `\\n`.

    Raises `UnicodeDecodeError`.

    >>> decode(b"\\xef\\xbb\\xbfx = 1\\r\\n")
    'x = 1\\n'
    """
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8").replace("\r\n", "\n")


def read_text(raw: Raw, limits: SourcesSettings) -> Document | Dropped:
    """A document in UTF-8 with plain line ends, or a dropped row with its reason."""
    data, origin = raw.data, raw.origin
    if raw.excluded is not None:
        return drop(origin, "excluded", raw.excluded)
    if len(data) > limits.max_bytes:
        return drop(origin, "too-large", f"more than {limits.max_bytes:,} bytes")
    if b"\0" in data:
        return drop(origin, "nul-bytes", f"a NUL at byte {data.index(0)}")
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        return drop(origin, "not-utf8", f"byte {error.start}: {error.reason}")
    if len(text.strip()) < limits.min_characters:
        return drop(origin, "too-short", f"{len(text)} characters, {limits.min_characters} wanted")
    longest = max(map(len, text.split("\n")))
    if longest > limits.max_line:
        return drop(origin, "long-line", f"a line of {longest:,} characters")
    if (depth := bracket_depth(data)) > limits.max_depth:
        return drop(origin, "deep-nesting", f"brackets {depth:,} deep")
    return document(text, origin)


def document(text: str, origin: Origin) -> Document:
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

    A closing bracket that nothing opened counts for nothing, so no row of them hides a depth.

    >>> bracket_depth(b"f([1, (2)])"), bracket_depth(b"# :) :) :)\\n((1))")
    (3, 2)
    """
    import numpy as np

    brackets = np.frombuffer(_NOT_BRACKETS.sub(b"", data), np.uint8)
    opens = (brackets == ord("(")) | (brackets == ord("[")) | (brackets == ord("{"))
    level = np.cumsum(np.where(opens, 1, -1))
    ground = np.minimum.accumulate(np.minimum(level, 0))
    return int((level - ground).max(initial=0))


def drop(origin: Origin, reason: str, detail: str) -> Dropped:
    """A dropped row for something that has no content of its own; its id is that of its place."""
    place = f"{origin.source}/{origin.collection}/{origin.version}/{origin.path}"
    return Dropped(content_id(place), origin.source, origin.collection, origin.path, reason, detail)
