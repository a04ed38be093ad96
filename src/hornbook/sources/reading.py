"""Reading one piece: from a source's bytes to documents, and to rows dropped with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.records import Document, Dropped
from hornbook.sources.admission import admit
from hornbook.sources.pieces import Piece
from hornbook.sources.sample import document_name, not_sampled, place_in_order
from hornbook.sources.scratch import DroppedRuns, Shards, give_memory_back
from hornbook.sources.text import Raw, Reading, decode, document
from hornbook.storage import write_rows


@dataclass(frozen=True)
class Errand:
    """A piece to read. What stands behind `bar` in the sample's order is surely outside it."""

    piece: Piece
    stem: str
    bar: int | None = None


@dataclass
class Read:
    """The engine's work: a piece is read, judged row by row, and written as scratch files.

    The result names them: `shards` (texts, and what is known of them), `dropped`, `whole`.
    """

    reading: Reading
    seed: int
    scratch: str
    version: str = "1"

    def setup(self) -> None:
        give_memory_back()

    def __call__(self, payload: Errand) -> dict[str, Any]:
        settings = self.reading.settings
        folder = Path(self.scratch)
        shards = Shards(folder, payload.stem, self.seed, settings.piece_bytes)
        dropped = DroppedRuns(folder, f"{payload.stem}-dropped")
        whole: dict[tuple[str, str], Document] = {}
        masked: Counter[str] = Counter()
        seen = 0
        for raw in payload.piece.rows(self.reading):
            seen += 1
            if isinstance(raw, Raw) and self.reading.is_wanted(raw.origin):
                keep_whole(raw, whole, settings.max_wanted_bytes)
            row = admit(raw, settings, masked) if isinstance(raw, Raw) else raw
            if isinstance(row, Dropped):
                dropped.add(row)
                continue
            place = place_in_order(self.seed, "sample", row)
            if payload.bar is not None and place > payload.bar:
                dropped.add(not_sampled(row, len(row.text)))
            else:
                shards.add(row, place)
        shards.close()
        dropped.close()
        files = [name for pair in shards.files for name in pair] + dropped.files
        if whole:
            files.append(str(folder / f"{payload.stem}-whole.parquet"))
            write_rows(Path(files[-1]), Document, list(whole.values()))
        return {
            "files": files,
            "shards": shards.files,
            "dropped": dropped.files,
            "whole": files[-1] if whole else None,
            "seen": seen,
            "reasons": dict(dropped.reasons),
            "masked": dict(masked),
        }


def keep_whole(raw: Raw, whole: dict[tuple[str, str], Document], limit: int) -> None:
    """Keep a file that annotations refer to; one that is no text can't have been annotated."""
    try:
        text = decode(raw.data) if len(raw.data) <= limit else ""
    except UnicodeDecodeError:
        return
    if text:
        keep_smallest(document(text, raw.origin), whole)


def keep_smallest(row: Document, whole: dict[tuple[str, str], Document]) -> None:
    """Of two versions, or two folders of one name, the same is chosen in whatever order."""
    key = (row.collection, row.path)
    whole[key] = min(row, whole.get(key, row), key=document_name)
