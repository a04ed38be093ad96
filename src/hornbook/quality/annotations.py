"""From the teacher's judgements to pairs of excerpt and score (phi-1 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hornbook.records import Annotation, Document, Dropped, content_id


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A judgement together with the text it is about."""

    annotation: Annotation
    text: str


def resolve(
    annotations: Sequence[Annotation], documents: Iterable[Document]
) -> tuple[list[Excerpt], list[Dropped]]:
    """The excerpts whose text is at hand, byte for byte the one that was judged.

    The rest is dropped: `not-at-hand` where no such file is, `text-changed` where its lines are
    no longer those that were judged.
    """
    wanted = {(a.distribution, a.path) for a in annotations}
    texts: dict[tuple[str, str], list[Document]] = {}
    for row in documents:
        if (row.collection, row.path) in wanted:
            texts.setdefault((row.collection, row.path), []).append(row)
    found: list[Excerpt] = []
    dropped: list[Dropped] = []
    for annotation in annotations:
        rows = texts.get((annotation.distribution, annotation.path), [])
        excerpts = [lines_of(row.text, annotation.first_line, annotation.last_line) for row in rows]
        same = next((text for text in excerpts if content_id(text) == annotation.sha256), None)
        if same is not None:
            found.append(Excerpt(annotation, same))
        else:
            dropped.append(_dropped(annotation, rows))
    return found, dropped


def lines_of(text: str, first: int, last: int) -> str:
    """The lines from `first` to `last`, counted from 1, both included, with their line ends.

    >>> lines_of("a\\nb\\nc", 2, 3)
    'b\\nc'
    """
    # Only "\n" ends a line here: str.splitlines would also cut at form feeds and the like.
    parts = text.split("\n")
    chosen = parts[first - 1 : last]
    return "\n".join(chosen) + ("\n" if chosen and last < len(parts) else "")


def _dropped(annotation: Annotation, rows: Sequence[Document]) -> Dropped:
    place = f"{annotation.distribution} {annotation.version}, {annotation.path}"
    lines = f"lines {annotation.first_line} to {annotation.last_line}"
    if rows:
        versions = ", ".join(sorted({row.version or "no version" for row in rows}))
        reason, detail = "text-changed", f"{place}: {lines} read differently here ({versions})"
    else:
        reason, detail = "not-at-hand", f"{place}: no such file among the sources"
    return Dropped(
        annotation.id, "teacher", annotation.distribution, annotation.path, reason, detail
    )
