"""The nouns of the house: plain frozen rows that every room reads and writes.

Each noun is one row of a table on disk. Its fields are the columns, in this order; the formats
with their versions are in `docs/formats.md`. Later work adds columns at the end, with a default,
and never renames one. This module imports nothing but the standard library.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

FORMAT_VERSIONS: dict[str, int] = {
    "Document": 1,
    "Dropped": 1,
    "Annotation": 1,
    "Exercise": 1,
    "Problem": 1,
    "Completion": 1,
    "Verdict": 1,
    "Match": 1,
    "manifest": 1,
    "summary": 1,
}


def content_id(text: str) -> str:
    """The identity of a text: the sha256 of its UTF-8 bytes, as 64 hex digits.

    >>> content_id("")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Document:
    """One text that may be learnt from, with where it came from."""

    id: str
    """`content_id(text)`."""
    text: str
    source: str
    """What brought it: `pypi`, `python`, `folder`, `jsonl`, `parquet`, `stack`, `web`, `stack-exchange`,
    `git`, `teacher`."""
    collection: str
    """What it belongs to and is grouped by: a distribution, a folder, a file, a topic."""
    version: str
    path: str
    """Path inside the collection, with forward slashes."""
    licence: str | None = None
    score: float | None = None
    """Educational value on the annotators' scale, once `quality` has judged it."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that a stage did not pass on, with the reason. Nothing disappears."""

    id: str
    source: str
    collection: str
    path: str
    reason: str
    """A short stable code, e.g. `near-duplicate`, `not-utf8`, `ngram-overlap`."""
    detail: str
    """For people: what exactly, and where."""
    keeper: str | None = None
    """For duplicates: the id of the row that was kept in its place."""
    score: float | None = None
    failed: bool = False
    """True where the stage could not judge the row; such a row may be tried again."""
    text: str | None = None
    """The text, where a later reader will want to see it (quality keeps what it rejects)."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A teacher's judgement of one excerpt (phi-1 2.1)."""

    id: str
    distribution: str
    version: str
    path: str
    first_line: int
    last_line: int
    sha256: str
    characters: int
    score: float
    topic: str
    reason: str
    second_score: float | None = None


@dataclass(frozen=True, slots=True)
class Exercise:
    """A function to complete, its solution and its tests (phi-1 2.2, CodeExercises)."""

    id: str
    """`content_id(prompt + solution)`."""
    origin: str
    """`recorded` (an LLM wrote it) or `workbook` (a program wrote it)."""
    family: str
    """The workbook's family, or the teacher's topic."""
    parameters: str
    """Canonical JSON of what the instance was made from; `{}` for recorded ones."""
    style: str
    name: str
    """The function's name."""
    prompt: str
    """Imports where needed, signature and docstring; ends with a newline."""
    solution: str
    """The body, indented; ends with a newline."""
    tests: str
    """Assert statements that call the function by its name."""
    split: str = "train"
    """`train`, `in-distribution` (a held-out instance of a family that is trained on) or
    `unknown` (a family that is never trained on)."""

    @property
    def program(self) -> str:
        return self.prompt + self.solution


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a code benchmark, in HumanEval's format with a few more fields."""

    task_id: str
    benchmark: str
    label: str
    """`in-distribution`, `unknown-family` or `public`; stands wherever a score stands."""
    family: str
    """The cluster for intervals: the workbook's family, or the task itself."""
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str
    """Defines `check(candidate)`."""
    setup: str = ""
    """Runs after the solution and before the tests, on the judge's side."""
    inputs: str = ""
    """Argument lists as JSON, `[[arg, ...], ...]`: the candidate has to agree with the canonical
    solution on each, after `test`."""
    atol: float = 0.0
    """How far floats may differ for `inputs`."""
    trusted: bool = False
    """The tests are a published benchmark's or this program's own, so one judge may serve many
    checks; tests that a model or a stranger wrote get a fresh judge each time."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote for a problem."""

    id: str
    task_id: str
    benchmark: str
    arm: str
    text: str
    """The completion after the stop rule, to be joined to the prompt as it stands."""
    tokens: int
    stopped_by: str
    """`end-of-text`, `stop-string` or `length`."""
    sample: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened when a completion met its tests."""

    completion_id: str
    task_id: str
    benchmark: str
    arm: str
    verdict: str
    """`passed`, `failed`, `timed_out`, `memory`, `refused` (not run: the completion is no text that
    can be run, or no tier was had) or `infrastructure_error`."""
    reason: str
    seconds: float
    tier: str
    """What protected the machine: `A`, `B`, `C`, `D`, or `UNSANDBOXED`."""
    forgeable: bool = True
    """True where the tests ran in the completion's own process."""
    kind: str = ""
    """Why it is not a pass: `syntax`, `no-entry-point`, `assertion`, `exception`, `died`,
    `protocol`, `time`, `memory`, `refused` or `lost`; empty for a pass."""
    assertion: str = ""
    """The first assertion that failed, as its source text."""
    expected: str = ""
    """The right-hand side of that assertion, as `ascii()` shows it, cut at 200 characters."""
    actual: str = ""
    """The left-hand side, likewise."""

    @property
    def passed(self) -> bool:
        return self.verdict == "passed"


@dataclass(frozen=True, slots=True)
class Match:
    """A training row that resembles a benchmark's problem (phi-1 5)."""

    document_id: str
    benchmark: str
    task_id: str
    kind: str
    """`ngram`, `syntax`, `tree` or `tests`."""
    score: float
    """For `ngram` the number of shared n-grams; else a similarity in [0, 1]."""
    detail: str
    """The overlapping words, or the name of the function that matched."""
