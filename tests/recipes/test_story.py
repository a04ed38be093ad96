from __future__ import annotations

from pathlib import Path

import pytest

from hornbook.errors import ConfigError
from hornbook.recipes.story import tell
from hornbook.records import Document, Dropped, Exercise
from hornbook.storage import read_rows
from tests.tiny_run import hornbook


def test_a_kept_row_tells_its_way(finished: Path) -> None:
    """Of a document the story gives place, score and every table that holds it."""
    row = next(iter(read_rows(finished / "decontaminate" / "selected", Document)))
    story = "\n".join(tell(finished, row.id))
    assert f"row {row.id}" in story
    assert f"folder: {row.collection} {row.path}" in story
    assert f"quality/documents: kept, score {row.score:.2f}" in story
    assert "decontaminate/selected: kept" in story


def test_a_dropped_row_tells_why(finished: Path) -> None:
    """Of what was not kept the story gives the reason, the score and the line it missed."""
    row = next(r for r in read_rows(finished / "quality" / "dropped", Dropped) if r.text)
    story = "\n".join(tell(finished, row.id[:16]))
    assert "dropped, below-threshold" in story
    assert "kept from" in story


def test_an_exercise_tells_its_family(finished: Path) -> None:
    """Of an exercise the story gives origin, family and parameters."""
    row = next(
        r
        for r in read_rows(finished / "synthesis" / "exercises", Exercise)
        if r.origin == "workbook"
    )
    assert f"family {row.family}, parameters {row.parameters}" in "\n".join(tell(finished, row.id))


def test_a_beginning_must_be_unique_and_known(finished: Path) -> None:
    """Too short, unknown and ambiguous beginnings each have their own words."""
    with pytest.raises(ConfigError, match="at least 4 characters"):
        tell(finished, "abc")
    with pytest.raises(ConfigError, match="no row of"):
        tell(finished, "zzzzzz")


def test_the_verb_prints_the_story(finished: Path) -> None:
    """`hornbook why` finds the run worked on last by itself, and refuses an unknown row with 2."""
    row = next(iter(read_rows(finished / "sources" / "documents", Document)))
    told = hornbook("why", row.id[:12], "--runs", finished.parent)
    assert told.returncode == 0
    assert row.path in told.stdout
    lost = hornbook("why", "ffff0000ffff", "--run", "tiny", "--runs", finished.parent)
    assert lost.returncode == 2
    none = hornbook("why", row.id, "--run", "other", "--runs", finished.parent)
    assert none.returncode == 2
    assert "runs here: tiny" in none.stderr
