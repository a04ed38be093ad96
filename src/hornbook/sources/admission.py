"""Who is let in: a text is judged by where it comes from and by what it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache

from hornbook.provenance import generated, vendored
from hornbook.records import Document, Dropped, content_id
from hornbook.sources.config import SourcesSettings
from hornbook.sources.licences import allow_list, is_allowed, licence_in_header
from hornbook.sources.private import mask
from hornbook.sources.text import Origin, Raw, drop, read_text

_allowed = lru_cache(maxsize=8)(allow_list)


def admit(raw: Raw, settings: SourcesSettings, masked: Counter[str]) -> Document | Dropped:
    """A document, or a dropped row with its reason; what was masked is counted in `masked`."""
    if settings.licences and (own := licence_in_header(raw.data)) is not None:
        raw = replace(raw, origin=replace(raw.origin, licence=own))
    row = _refused_by_place(raw.origin, settings) or read_text(raw, settings)
    if isinstance(row, Dropped):
        return row
    if settings.generated == "drop" and (sign := generated(row.path, row.text)) is not None:
        return _dropped(row, "generated", sign)
    if not settings.mask:
        return row
    text = mask(row.text, masked)
    return row if text == row.text else replace(row, id=content_id(text), text=text)


def _refused_by_place(origin: Origin, settings: SourcesSettings) -> Dropped | None:
    """What can be said before a text is looked at."""
    if settings.licences and not is_allowed(origin.licence, _allowed(settings.licences)):
        stated = f"`{origin.licence}`" if origin.licence else "no licence that is known"
        return drop(origin, "licence", f"{stated}, not among those that are let through")
    if settings.vendored == "drop" and (part := vendored(origin.path)) is not None:
        return drop(origin, "vendored", f"in `{part}`")
    return None


def _dropped(row: Document, reason: str, detail: str) -> Dropped:
    return Dropped(row.id, row.source, row.collection, row.path, reason, detail)
