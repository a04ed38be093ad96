from __future__ import annotations

import json
from pathlib import Path

import pytest

from hornbook.recipes.graph import stages_of
from hornbook.recipes.plan import estimate, remember_pace
from hornbook.recipes.recipe import load_recipe
from tests.tiny_run import hornbook


def test_every_stage_is_planned_and_no_other() -> None:
    """The plan has one row a stage, in running order."""
    recipe = load_recipe("quickstart")
    assert [row.stage for row in estimate(recipe)] == [stage.name for stage in stages_of(recipe)]


def test_a_smaller_scale_takes_less() -> None:
    """Rows, tokens and seconds shrink with the scale."""
    whole, part = (estimate(load_recipe("quickstart", scale=s)) for s in (1.0, 0.1))
    assert sum(r.seconds for r in part) < sum(r.seconds for r in whole) / 2
    assert all(a.tokens <= b.tokens and a.rows <= b.rows for a, b in zip(part, whole, strict=True))


def test_a_machine_is_judged_by_its_own_pace() -> None:
    """A stage that took twice as long as planned here is planned twice as long."""
    recipe = load_recipe("quickstart")
    row = next(r for r in estimate(recipe) if r.stage == "decontaminate")
    remember_pace(recipe, "decontaminate", 2 * row.planned, row.planned)
    again = next(r for r in estimate(recipe) if r.stage == "decontaminate")
    assert again.seconds == pytest.approx(2 * row.seconds, rel=0.02)


def test_the_verb_plans_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`hornbook plan` prints a table, or JSON, and makes no folder."""
    monkeypatch.chdir(tmp_path)
    told = hornbook("plan", "quickstart")
    assert told.returncode == 0
    assert "in all about" in told.stdout
    rows = json.loads(hornbook("plan", "quickstart", "--json").stdout)
    assert {"stage", "rows", "tokens", "seconds", "memory_mb", "disk_mb"} <= set(rows[0])
    assert list(tmp_path.iterdir()) == []
