"""Why samples did not pass: a verdict file beside its samples, cause by cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from hornbook.errors import DamagedFileError, SourceError
from hornbook.evaluate.explain import Explained, explain
from hornbook.evaluate.journal import summary_path
from hornbook.evaluate.rows import ruling_of
from hornbook.evaluate.samples import SampleFile, whole_program
from hornbook.json_lines import json_rows
from hornbook.records import Problem
from hornbook.storage import read_json

REASON = 300


def stops_of(verdicts: Path) -> tuple[str, ...]:
    """The stop list that samples were cut with before these verdicts; none where it isn't known."""
    try:
        beside: Any = read_json(summary_path(verdicts))
    except (OSError, DamagedFileError, RecursionError):
        return ()
    asked = beside.get("asked") if isinstance(beside, dict) else None
    stop = asked.get("stop") if isinstance(asked, dict) else None
    return tuple(word for word in stop if isinstance(word, str)) if isinstance(stop, list) else ()


def causes(
    verdicts: Path, samples: SampleFile, problems: Mapping[str, Problem]
) -> Iterator[Explained]:
    """The cause of each row's verdict, in order.

    Raises `SourceError` at the first row that is not the verdict on the sample of the same place.
    """
    if not verdicts.is_file():
        raise SourceError(f"{verdicts}: no such file; give what --out wrote")
    rows = json_rows(str(verdicts), lambda: verdicts.open("rb"))
    for sample, numbered in zip_longest(samples, rows):
        ruling = ruling_of(numbered[1], sample) if sample and numbered else None
        if sample is None or ruling is None or sample.task_id not in problems:
            place = numbered[0] if numbered else "end"
            raise SourceError(
                f"{verdicts}:{place}: not the verdict on the sample of this place in {samples.name};"
                " give the two files that belong together"
            )
        problem = problems[sample.task_id]
        if sample.field == "solution":
            problem = whole_program(problem)
        completion = sample.completion(problem.benchmark)
        verdict = ruling.verdict_on(sample, problem.benchmark)
        cause = explain(problem, completion, verdict, samples.stop)
        yield Explained(
            "", problem.benchmark, sample.task_id, sample.number, cause, ruling.reason[:REASON]
        )
