from __future__ import annotations

import json
from pathlib import Path

from tests.quality.own_rows import scores, texts, write_lines
from tests.tiny_run import hornbook


def test_a_filter_is_fitted_and_used_alone(tmp_path: Path) -> None:
    """Two commands, without a recipe or torch; what is wrong is said without a traceback."""
    judged = write_lines(tmp_path / "A.jsonl", scores())
    given = write_lines(tmp_path / "T.jsonl", texts())
    out = tmp_path / "filter"
    told = hornbook("quality", "fit", "--annotations", judged, "--texts", given, "--out", out)
    assert told.returncode == 0, told.stderr
    assert "fitted on 60 texts of 7 groups (0 judgements without a text)" in told.stdout
    assert "Spearman rank correlation with the teacher: 0." in told.stdout
    told = hornbook("quality", "score", out, "--input", given, "--output", tmp_path / "Y.jsonl")
    assert told.returncode == 0, told.stderr
    assert "60 of 60 texts scored" in told.stdout
    rows = [json.loads(line) for line in (tmp_path / "Y.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row in texts()]
    told = hornbook("quality", "fit", "--annotations", judged, "--texts", given, "--out", out)
    assert told.returncode == 2
    assert "is there already and not empty" in told.stderr
    told = hornbook("quality", "score", out, "--input", judged, "--output", tmp_path / "Z.jsonl")
    assert told.returncode == 2
    assert "no `text`; a row has id, text" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_recipe_goes_on_as_before(tmp_path: Path) -> None:
    """The first argument decides; the help lists the words."""
    told = hornbook("quality", "--help").stdout
    assert "fit" in told
    assert "score" in told
    told = hornbook("quality", "nowhere.toml", "--runs", tmp_path)
    assert told.returncode == 2
    assert "no recipe `nowhere.toml`" in told.stderr
