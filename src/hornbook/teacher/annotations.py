"""Judgements of a user's own: Annotation rows as JSON lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from hornbook.config import Settings
from hornbook.errors import SourceError
from hornbook.records import Annotation
from hornbook.teacher.recorded import recorded_annotations

RECORDED = "recorded"


class _Row(Settings):
    """What a line must hold; what it may leave out has a default."""

    id: str = Field(min_length=1)
    distribution: str = Field(min_length=1)
    version: str = ""
    path: str = Field(min_length=1)
    first_line: int = Field(ge=1)
    last_line: int = Field(ge=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    characters: int = Field(0, ge=0)
    score: float = Field(ge=0, le=5)
    topic: str = ""
    reason: str = ""
    second_score: float | None = Field(None, ge=0, le=5)
    # What `hornbook quality annotate` writes beside.
    group: str = Field("", exclude=True)
    model: str = Field("", exclude=True)
    question: str = Field("", exclude=True)
    batch: int = Field(0, exclude=True)
    chosen: str = Field("", exclude=True)


def load_annotations(name: str) -> list[Annotation]:
    """The recorded judgements, or those of the file `name`, in its order.

    Raises `SourceError` that names the file, the line and what is wrong with it.
    """
    if name == RECORDED:
        return recorded_annotations()
    path = Path(name)
    if not path.is_file():
        raise SourceError(f"quality.annotations: {name}: no such file; correct the path")
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise SourceError(f"quality.annotations: {name}: not UTF-8 ({error})") from error
    found = [
        _annotation(line, f"{name}, line {n}") for n, line in enumerate(lines, 1) if line.strip()
    ]
    if len({row.id for row in found}) < len(found):
        raise SourceError(f"quality.annotations: {name}: some ids stand twice; make them unique")
    return found


def _annotation(line: str, where: str) -> Annotation:
    try:
        row: dict[str, Any] = _ADAPTER.validate_json(line, strict=True).model_dump()
        return Annotation(**row)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = ".".join(map(str, fault["loc"])) or "the row"
        raise SourceError(
            f"quality.annotations: {where}: {name}: {fault['msg'].lower()}; correct the row"
        ) from error


_ADAPTER = TypeAdapter(_Row)
