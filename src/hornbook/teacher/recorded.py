"""The recorded teacher: answers of a strong language model that ship with the program.

They make the whole way walkable without a key, a network or a bill. `teacher/data/README.md`
says what they are and under which licence.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from hornbook.records import Annotation, Exercise, content_id


@dataclass(frozen=True, slots=True)
class Textbook:
    """One section of a textbook, in Markdown with Python blocks (phi-1 2.2)."""

    id: str
    topic: str
    audience: str
    title: str
    text: str


def recorded_annotations() -> list[Annotation]:
    """780 judgements of excerpts' educational value, 0 to 5 (phi-1 2.1)."""
    return [Annotation(**row) for row in _rows("annotations")]


def recorded_textbooks() -> list[Textbook]:
    """223 sections on as many topics, each for a named audience (phi-1 2.2)."""
    return [Textbook(**row) for row in _rows("textbooks")]


def recorded_exercises() -> list[Exercise]:
    """1,115 functions to complete, five a topic, with asserts (phi-1 2.2, CodeExercises)."""
    return [
        Exercise(
            id=content_id(row["prompt"] + row["solution"]),
            origin="recorded",
            family=row["topic"],
            parameters="{}",
            style="teacher",
            name=row["name"],
            prompt=row["prompt"],
            solution=row["solution"],
            tests=row["tests"],
        )
        for row in _rows("exercises")
    ]


def _rows(name: str) -> Iterator[dict[str, Any]]:
    data = files("hornbook.teacher") / "data" / f"{name}.jsonl.gz"
    for line in gzip.decompress(data.read_bytes()).decode().splitlines():
        yield json.loads(line)
