"""Facts about the answers that ship with the project."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hornbook.teacher import recorded_annotations, recorded_exercises, recorded_textbooks


def test_all_judgements_are_there() -> None:
    """780 judgements with the published spread of scores, a tenth judged twice."""
    rows = recorded_annotations()
    assert len(rows) == 780
    assert Counter(row.score for row in rows) == {0: 96, 1: 231, 2: 239, 3: 127, 4: 49, 5: 38}
    assert sum(row.second_score is not None for row in rows) == 77


def test_textbooks_and_exercises_are_there_with_distinct_ids() -> None:
    """Each textbook and exercise is there once, and each test calls its function."""
    assert len({row.id for row in recorded_textbooks()}) == 223
    exercises = recorded_exercises()
    assert len({row.id for row in exercises}) == 1115
    assert all(row.name in row.prompt and row.name in row.tests for row in exercises)


def test_what_ships_is_what_was_recorded(teacher_files: Path) -> None:
    """The compact copies hold the very rows of the originals."""
    import gzip
    from importlib.resources import files

    for name in ("annotations", "textbooks", "exercises"):
        shipped = (files("hornbook.teacher") / "data" / f"{name}.jsonl.gz").read_bytes()
        assert gzip.decompress(shipped) == (teacher_files / f"{name}.jsonl").read_bytes()
