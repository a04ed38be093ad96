"""What the columns of well-known data sets mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import StackSource
from hornbook.sources.pieces import Piece
from hornbook.sources.readers.row_groups import Row
from hornbook.sources.readers.tables import Layout, table_pieces, text_row
from hornbook.sources.text import Origin, Raw, drop, writable

NAME_CHARACTERS = 1_000
"""A longer name is cut: a row may hold anything, and names are kept in memory."""


def name_of(value: object, otherwise: str = "") -> str:
    """A cell as a name that any table can hold.

    >>> name_of("a/b"), name_of(None, "x"), name_of(7)
    ('a/b', 'x', '7')
    """
    if value is None or value == "" or isinstance(value, dict | list):
        return otherwise
    return writable(str(value)[:NAME_CHARACTERS])


class StackColumns:
    """The Stack v1.2: a repository is a collection, its licences are those found in it."""

    text = "content"
    columns: Sequence[str] = (
        "max_stars_repo_name",
        "max_stars_repo_path",
        "max_stars_repo_head_hexsha",
        "max_stars_repo_licenses",
    )

    def raw(self, path: Path, number: int, row: Row | str) -> Raw | Dropped:
        here = f"{writable(path.name)}#{number}"
        if isinstance(row, str):
            return drop(Origin("stack", writable(path.stem), "", here), "bad-row", row)
        repository, inside, commit, licences = (row.get(name) for name in self.columns)
        listed = licences if isinstance(licences, list) else []
        stated = " AND ".join(sorted({str(each) for each in listed if each}))
        origin = Origin(
            "stack",
            name_of(repository, writable(path.stem)),
            name_of(commit),
            name_of(inside, here),
            name_of(stated) or None,
        )
        return text_row(row.get(self.text), origin, self.text)


class WebColumns:
    """Pages: a site is a collection, an address is a path."""

    def __init__(self, text: str, version: str, nested: str | None = None) -> None:
        self.text = text
        self.columns = (nested, "id") if nested else ("url", "id", version)
        self._version, self._nested = version, nested

    def raw(self, path: Path, number: int, row: Row | str) -> Raw | Dropped:
        here = f"{writable(path.name)}#{number}"
        if isinstance(row, str):
            return drop(Origin("web", writable(path.stem), "", here), "bad-row", row)
        inner = row.get(self._nested) if self._nested else row
        said: dict[str, Any] = inner if isinstance(inner, dict) else {}
        address = name_of(said.get("url"))
        origin = Origin(
            "web",
            name_of(_site(address), writable(path.parent.name)),
            name_of(said.get(self._version)),
            address or name_of(row.get("id"), here),
        )
        return text_row(row.get(self.text), origin, self.text)


class DolmaColumns:
    """Dolma's documents: what it calls a source is a collection."""

    text = "text"
    columns: Sequence[str] = ("id", "source")

    def raw(self, path: Path, number: int, row: Row | str) -> Raw | Dropped:
        here = f"{writable(path.name)}#{number}"
        if isinstance(row, str):
            return drop(Origin("web", writable(path.stem), "", here), "bad-row", row)
        collection = name_of(row.get("source"), writable(path.parent.name))
        origin = Origin("web", collection, "", name_of(row.get("id"), here))
        return text_row(row.get(self.text), origin, self.text)


def _site(address: str) -> str | None:
    """
    >>> _site("https://docs.example.org:80/a"), _site("http://[bad")
    ('docs.example.org', None)
    """
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


LAYOUTS: dict[str, Layout] = {
    "fineweb": WebColumns("text", "dump"),
    "refinedweb": WebColumns("content", "dump"),
    "datatrove": WebColumns("text", "dump", nested="metadata"),
    "dolma": DolmaColumns(),
}


def stack_globs(source: StackSource) -> list[str]:
    """Which files of The Stack are read."""
    return [f"data/{language}/*.parquet" for language in source.languages or ("*",)]


def stack_pieces(source: StackSource, files: Sequence[Path], size: int) -> list[Piece]:
    place = f"sources.stack: {source.path}"
    missing = [
        language
        for language in source.languages
        if not any(path.parent.name == language for path in files)
    ]
    if missing:
        raise SourceError(f"{place}: no file of data/{missing[0]}; correct languages")
    layout = StackColumns()
    return [piece for path in files for piece in table_pieces(path, layout, place, size)]
