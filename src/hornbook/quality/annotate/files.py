"""The files of an annotation: texts that may be asked about, judgements, failures, a summary.

`A.jsonl` holds the judgements. Beside it lie `A.failed.jsonl` (what may be tried again, with the raw
answer), `A.summary.json` and `A.answers.sqlite` (what was answered and paid).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from hornbook.errors import ConfigError, DamagedFileError, SourceError
from hornbook.json_lines import json_rows
from hornbook.quality.rows import text_rows
from hornbook.randomness import seed_for
from hornbook.records import Annotation, Document, content_id
from hornbook.storage import read_json, read_rows, shards, write_json, write_json_lines

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be asked about."""

    id: str
    text: str
    group: str
    version: str
    path: str


@dataclass(frozen=True, slots=True)
class Row:
    """A judgement: the columns of an Annotation, and how it came about."""

    id: str
    group: str
    distribution: str
    version: str
    path: str
    first_line: int
    last_line: int
    sha256: str
    characters: int
    score: int
    topic: str
    reason: str
    second_score: int | None
    model: str
    """As the endpoint calls itself."""
    question: str
    """The digest of all that was asked, save the text."""
    batch: int
    chosen: str
    """`spread` over groups or `random`, without a look at the filter; or `doubt`."""

    @property
    def annotation(self) -> Annotation:
        return Annotation(
            self.id,
            self.distribution,
            self.version,
            self.path,
            self.first_line,
            self.last_line,
            self.sha256,
            self.characters,
            self.score,
            self.topic,
            self.reason,
            self.second_score,
        )


@dataclass(frozen=True, slots=True)
class Failed:
    """A text without a judgement; the same command tries it again."""

    id: str
    batch: int
    chosen: str
    reason: str
    detail: str
    raw: str
    tries: int
    """Answers that could not be read, over all runs."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Where the files lie."""

    out: Path

    def __post_init__(self) -> None:
        if self.out.suffix != ".jsonl":
            raise ConfigError(f"--out {self.out}: its name must end in .jsonl")
        if self.out.is_dir():
            raise ConfigError(f"--out {self.out}: is a folder; name a file")

    def named(self, ending: str) -> Path:
        return self.out.with_name(f"{self.out.stem}.{ending}")

    @property
    def answers(self) -> Path:
        return self.named("answers.sqlite")

    def begin(self, began: dict[str, Any]) -> dict[str, Any]:
        """The summary so far. Raises `ConfigError` where the files are those of another annotation."""
        place = self.named("summary.json")
        if not self.out.exists():
            return {"began": began, "batches": []}
        if not place.is_file():
            raise ConfigError(
                f"--out {self.out}: is there already, and {place.name} beside it is not; name"
                " another file"
            )
        summary: Any = read_json(place)
        kinds = {"began": dict, "batches": list}
        known = isinstance(summary, dict)
        if not known or any(not isinstance(summary.get(n), kind) for n, kind in kinds.items()):
            raise DamagedFileError(f"{place}: no summary of an annotation; name another --out")
        for name, value in began.items():
            if summary["began"].get(name) != value:
                raise ConfigError(
                    f"--out {self.out}: was begun with another {name}"
                    f" ({_short(summary['began'].get(name))}, not {_short(value)}); give that one, or"
                    " name another file"
                )
        return dict(summary)

    def rows(self) -> list[Row]:
        return list(self._read(self.out, TypeAdapter(Row)))

    def failed(self) -> list[Failed]:
        return list(self._read(self.named("failed.jsonl"), TypeAdapter(Failed)))

    def _read(self, path: Path, kind: TypeAdapter[Kind]) -> Iterator[Kind]:
        if not path.is_file():
            return
        for line, found in json_rows(str(path), lambda: path.open("rb")):
            try:
                yield kind.validate_python(found)
            except ValidationError as error:
                raise SourceError(
                    f"{path}:{line}: not a row that this command wrote; name another --out"
                ) from error

    def write(self, rows: Sequence[Row], failed: Sequence[Failed], summary: dict[str, Any]) -> None:
        """Each whole or not at all; rows stay in the order of their batches."""
        write_json_lines(self.out, rows)
        if failed or self.named("failed.jsonl").exists():
            write_json_lines(self.named("failed.jsonl"), failed)
        self.keep(summary)

    def keep(self, summary: dict[str, Any]) -> None:
        write_json(self.named("summary.json"), summary)


def _short(value: Any) -> str:
    return str(value)[:40]


@dataclass(frozen=True, slots=True)
class Read:
    """What may be asked about, and how many texts may not, by reason."""

    candidates: list[Candidate]
    dropped: dict[str, int]


def read_texts(place: Path, most: int, longest: int, seed: int) -> Read:
    """At most `most` texts, drawn by chance in an order that no file favours.

    `place` is a file of rows {id, text, group}, or a folder of documents. Only the chosen are kept in
    memory. Raises `SourceError` for an id that stands twice.
    """
    seen: set[str] = set()
    dropped: dict[str, int] = {}
    # The largest key stands at the top, so that it goes first.
    kept: list[tuple[int, str, Candidate]] = []
    for row in _candidates(place):
        if row.id in seen:
            raise SourceError(f"{place}: the id `{row.id}` stands twice; make ids unique")
        seen.add(row.id)
        if reason := _unfit(row.text, longest):
            dropped[reason] = dropped.get(reason, 0) + 1
            continue
        entry = (-seed_for(seed, "annotate", "order", row.id), row.id, row)
        if len(kept) < most:
            heapq.heappush(kept, entry)
        else:
            heapq.heappushpop(kept, entry)
            dropped["not-drawn"] = dropped.get("not-drawn", 0) + 1
    return Read([row for _, _, row in sorted(kept, reverse=True)], dropped)


def _unfit(text: str, longest: int) -> str | None:
    if not text.strip():
        return "empty"
    return "too-long" if len(text) > longest else None


def _candidates(place: Path) -> Iterator[Candidate]:
    if not place.is_dir():
        for row in text_rows(place):
            yield Candidate(row.id, row.text, row.group, "", row.id)
        return
    if not shards(place):
        raise SourceError(f"{place}: no documents in it (part-*.parquet); name their folder")
    for document in read_rows(place, Document):
        yield Candidate(
            document.id, document.text, document.collection, document.version, document.path
        )


def last_line(text: str) -> int:
    """
    >>> last_line("a\\nb"), last_line("a\\nb\\n")
    (2, 2)
    """
    return max(text.count("\n") + (not text.endswith("\n")), 1)


def row_of(candidate: Candidate, found: dict[str, Any]) -> Row:
    """The judgement `found` (score to chosen, as columns of a `Row`) of a text."""
    return Row(
        candidate.id,
        candidate.group,
        candidate.group,
        candidate.version,
        candidate.path,
        1,
        last_line(candidate.text),
        content_id(candidate.text),
        len(candidate.text),
        **found,
    )
