"""One tokenizer for the whole run, trained on its text or another's; then every table packed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hornbook.progress import Progress
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.tokens.config import HELD_OUT, TABLES, TokensSettings
from hornbook.tokens.packed import Encoded, write_packed
from hornbook.tokens.pretrained import load_pretrained
from hornbook.tokens.rows import BATCH, FOR_EVALUATION, Rows
from hornbook.tokens.tokenizer import Tokenizer, train_tokenizer


def run(context: StageContext, settings: TokensSettings) -> StageResult:
    """Write `tokenizer.json`, a packed table each for code, selected, textbooks, recorded and
    workbook, and the held-out tables that training looks at and never learns.

    All arms share this tokenizer, so that bits per byte and tokens seen mean the same for all.
    Reads the folders of `decontaminate`, `sources`, `quality` and `synthesis`.
    """
    rows = Rows(context.inputs, settings.held_out_exercises)
    total, done = rows.total, 0
    context.progress.advance(0, total, "training the tokenizer")
    tokenizer = _tokenizer(rows, settings)
    tokenizer.save(context.folder / "tokenizer.json")
    counts: dict[str, Counts] = {}
    packed: dict[str, object] = {}
    for table in (*TABLES, *HELD_OUT):
        elsewhere: Counter[str] = Counter()
        documents = rows.encoded(table, tokenizer, elsewhere)
        shown = _showing(documents, context.progress, done, total)
        written = write_packed(context.folder, table, shown, tokenizer, settings.shard_tokens)
        kept = written["documents"]
        counts[table] = Counts(kept + elsewhere.total(), kept, dict(elsewhere))
        packed[table] = written
        # An exercise that is held out is packed, and so counted, later.
        done += kept + elsewhere[FOR_EVALUATION]
    context.progress.advance(done, total, "rows packed")
    facts = {"vocab_size": tokenizer.vocab_size, "tokenizer": settings.tokenizer, **packed}
    return StageResult(counts, {**facts, "tokenizer_digest": tokenizer.digest})


def _showing(
    documents: Iterator[Encoded], progress: Progress, done: int, total: int
) -> Iterator[Encoded]:
    for number, document in enumerate(documents):
        if number % BATCH == 0:
            progress.advance(done + number, total, "rows packed")
        yield document


def _tokenizer(rows: Rows, settings: TokensSettings) -> Tokenizer:
    if settings.tokenizer != "own":
        return load_pretrained(settings)
    return train_tokenizer(
        rows.texts(settings.tokenizer_bytes), settings.vocab_size, settings.split_digits
    )
