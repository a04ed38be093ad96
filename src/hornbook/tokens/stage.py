"""Train one tokenizer on the union of all training text, then pack every table with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hornbook.records import Document, Exercise
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import count_rows, read_rows
from hornbook.tokens.config import TABLES, TokensSettings
from hornbook.tokens.packed import Encoded, write_packed
from hornbook.tokens.tokenizer import Tokenizer, train_tokenizer

BATCH = 64


def run(context: StageContext, settings: TokensSettings) -> StageResult:
    """Write `tokenizer.json` and a packed table each for code, selected, textbooks, recorded, workbook.

    All arms share this tokenizer, so that bits per byte and tokens seen mean the same for all.
    """
    clean = context.inputs["decontaminate"]
    total = sum(count_rows(clean / kind) for kind in ("code", "selected", "textbooks", "exercises"))
    context.progress.advance(0, total, "training the tokenizer")
    texts = _union(clean, settings.tokenizer_bytes)
    tokenizer = train_tokenizer(texts, settings.vocab_size, settings.split_digits)
    tokenizer.save(context.folder / "tokenizer.json")
    counts: dict[str, Counts] = {}
    facts: dict[str, object] = {"vocab_size": tokenizer.vocab_size}
    done = 0

    def tick(rows: int) -> None:
        nonlocal done
        done += rows
        context.progress.advance(done, total, "rows packed")

    for table in TABLES:
        written = write_packed(
            context.folder, table, _encoded(clean, table, tokenizer, tick), tokenizer
        )
        counts[table] = Counts(written["documents"], written["documents"])
        facts[table] = written
    return StageResult(counts, facts)


def _union(clean: Path, limit: int) -> Iterator[str]:
    """Texts of every table, each up to `limit` bytes, in the tables' order."""
    sources: list[Iterator[str]] = [
        (row.text for row in read_rows(clean / kind, Document)) for kind in ("code", "textbooks")
    ]
    sources.append(row.program for row in read_rows(clean / "exercises", Exercise))
    for source in sources:
        used = 0
        for text in source:
            if used >= limit:
                break
            used += len(text)
            yield text


def _encoded(
    clean: Path, table: str, tokenizer: Tokenizer, tick: Callable[[int], None]
) -> Iterator[Encoded]:
    if table in ("recorded", "workbook"):
        for exercise in read_rows(clean / "exercises", Exercise):
            if exercise.origin == table:
                # Apart, so that training meets the same tokens as a model that is asked.
                prompt, body = tokenizer.encode_batch([exercise.prompt, exercise.solution])
                yield Encoded([*prompt, *body], len(prompt))
                tick(1)
        return
    waiting: list[str] = []
    for row in read_rows(clean / table, Document):
        waiting.append(row.text)
        if len(waiting) == BATCH:
            yield from (Encoded(ids) for ids in tokenizer.encode_batch(waiting))
            tick(len(waiting))
            waiting = []
    yield from (Encoded(ids) for ids in tokenizer.encode_batch(waiting))
    tick(len(waiting))
