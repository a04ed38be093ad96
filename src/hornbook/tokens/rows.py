"""The rows that each packed table is made of, and what the tokenizer is trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hornbook.records import Document, Exercise
from hornbook.storage import count_rows, read_rows
from hornbook.tokens.config import HELD_OUT, TABLES
from hornbook.tokens.held_out import for_validation, is_held_out_exercise
from hornbook.tokens.packed import Encoded
from hornbook.tokens.tokenizer import Tokenizer

BATCH = 64
FOR_EVALUATION, FOR_VALIDATION = "for-evaluation", "for-validation"
EXERCISES = ("recorded", "workbook")
"""Training tables that are made of exercises, by their origin."""
_HELD_OUT_FOLDERS = {
    HELD_OUT[0]: ("sources", "held_out"),
    HELD_OUT[1]: ("quality", "held_out"),
    HELD_OUT[2]: ("synthesis", "held_out_textbooks"),
}


@dataclass(frozen=True)
class Rows:
    """The folders that the tables' rows lie in, and how exercises are shared out."""

    inputs: Mapping[str, Path]
    held_out_exercises: float

    @property
    def total(self) -> int:
        """Rows of all folders."""
        return sum(map(count_rows, {self._folder(table) for table in (*TABLES, *HELD_OUT)}))

    @property
    def _exercises(self) -> Path:
        return self.inputs["decontaminate"] / "exercises"

    def _folder(self, table: str) -> Path:
        if table in _HELD_OUT_FOLDERS:
            stage, folder = _HELD_OUT_FOLDERS[table]
            return self.inputs[stage] / folder
        if table in EXERCISES or table == HELD_OUT[3]:
            return self._exercises
        return self.inputs["decontaminate"] / table

    def texts(self, limit: int) -> Iterator[str]:
        """Text for the tokenizer: of code, textbooks and exercises, each up to `limit` characters."""
        for table in ("code", "textbooks"):
            yield from _up_to(limit, (row.text for row in read_rows(self._folder(table), Document)))
        yield from _up_to(
            limit,
            (
                row.program
                for row in read_rows(self._exercises, Exercise)
                if not is_held_out_exercise(row.id, self.held_out_exercises)
            ),
        )

    def encoded(
        self, table: str, tokenizer: Tokenizer, elsewhere: Counter[str]
    ) -> Iterator[Encoded]:
        """The table's documents; `elsewhere` counts rows of its folder that are held for other uses."""
        if self._folder(table) == self._exercises:
            yield from self._encoded_exercises(table, tokenizer, elsewhere)
            return
        waiting: list[Document] = []
        for row in read_rows(self._folder(table), Document):
            if table in HELD_OUT and not for_validation(row.id):
                elsewhere[FOR_EVALUATION] += 1
                continue
            waiting.append(row)
            if len(waiting) == BATCH:
                yield from _encode(waiting, tokenizer)
                waiting = []
        yield from _encode(waiting, tokenizer)

    def _encoded_exercises(
        self, table: str, tokenizer: Tokenizer, elsewhere: Counter[str]
    ) -> Iterator[Encoded]:
        for row in read_rows(self._exercises, Exercise):
            held_out = is_held_out_exercise(row.id, self.held_out_exercises)
            if table in EXERCISES and row.origin != table:
                continue
            if table in EXERCISES and held_out:
                elsewhere[FOR_VALIDATION] += 1
            elif held_out or table in EXERCISES:
                # Apart, so that training meets the same tokens as a model that is asked.
                prompt, body = tokenizer.encode_batch([row.prompt, row.solution])
                yield Encoded([*prompt, *body], len(prompt), row.id)


def _up_to(limit: int, texts: Iterator[str]) -> Iterator[str]:
    used = 0
    for text in texts:
        if used >= limit:
            return
        used += len(text)
        yield text


def _encode(rows: list[Document], tokenizer: Tokenizer) -> Iterator[Encoded]:
    ids = tokenizer.encode_batch([row.text for row in rows])
    for row, each in zip(rows, ids, strict=True):
        yield Encoded(each, row_id=row.id)
