"""The filter for natural language, on the recorded textbooks and on licences and change logs."""

from __future__ import annotations

import json
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import ConfigError
from hornbook.quality.filter import Filter
from hornbook.quality.standalone import Fitting, fit_filter, score_file
from hornbook.teacher import recorded_textbooks
from tests.quality.own_rows import write_lines
from tests.tiny_run import hornbook

GENERATED = "This page was generated automatically; do not edit.\n\n"


def rows() -> list[dict[str, Any]]:
    """Forty textbooks, and what forty installed packages say of themselves."""
    found = [
        {"id": row.topic, "text": row.text, "group": row.topic} for row in recorded_textbooks()[:40]
    ]
    seen = {package.metadata["Name"]: package for package in distributions()}
    told = [
        {"id": name, "text": str(seen[name].metadata.get_payload()), "group": name}
        for name in sorted(seen)
    ]
    return found + [row for row in told if len(row["text"]) > 300][:40]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prose")
    given = rows()
    judged = [{"id": row["id"], "score": 5 if n < 40 else 1} for n, row in enumerate(given)]
    write_lines(folder / "A.jsonl", judged)
    write_lines(folder / "T.jsonl", given)
    fit_filter(
        Fitting(
            annotations=folder / "A.jsonl", texts=folder / "T.jsonl", out=folder / "filter",
            embedders=("prose",), resamples=100,
        )
    )  # fmt: skip
    return folder


def test_textbooks_are_told_from_descriptions(fitted: Path) -> None:
    """By a filter that knew neither the topic nor the package."""
    about = json.loads((fitted / "filter" / "filter.json").read_text())
    assert about["embedder"] == "prose-1"
    by_name = {row["name"]: row["estimate"] for row in about["metrics"]}
    assert by_name["AUC for a score of 3 or more"] > 0.95


def test_the_rule_on_generated_files_is_off(fitted: Path) -> None:
    """A lesson that says a program made it is still a lesson; a kept filter remembers that."""
    made = Filter.load(fitted / "filter" / "filter.safetensors")
    assert (made.ruled, made.prose) == (False, True)
    lesson = recorded_textbooks()[50].text
    assert made.scores([GENERATED + lesson])[0] > 3


def test_long_texts_end_with_their_paragraphs(fitted: Path) -> None:
    """Pieces of prose are cut at blank lines, where code has its definitions."""
    made = Filter.load(fitted / "filter" / "filter.safetensors")
    text = "def the word means\n" + "A sentence of prose.\n" * 150 + "\nNext. " * 600
    pieces = made.pieces(text)
    assert "".join(pieces) == text
    assert pieces[0].endswith("\n\n")
    assert [piece[:5] for piece in pieces] == ["def t", "Next."]


def test_any_number_of_workers_scores_alike(fitted: Path, tmp_path: Path) -> None:
    for workers in (1, 2):
        found = score_file(
            fitted / "filter", fitted / "T.jsonl", tmp_path / f"{workers}.jsonl", workers
        )
        assert (found.rows, found.failed) == (80, 0)
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_the_command_compares_and_tells(fitted: Path, tmp_path: Path) -> None:
    """Both embedders of ours, each with two classifiers: a table, the paces, and what was kept."""
    told = hornbook(
        "quality", "fit", "--annotations", fitted / "A.jsonl", "--texts", fitted / "T.jsonl",
        "--out", tmp_path / "filter", "--embedder", "prose", "--embedder", "code",
        "--classifier", "logistic", "--classifier", "gaussian-process",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    pairs = [line.split()[:2] for line in lines if line.endswith(" folds")]
    assert pairs == [
        [one, other] for one in ("prose", "code") for other in ("logistic", "gaussian-process")
    ]
    assert sum(line.startswith(("prose: ", "code: ")) and "MB/s" in line for line in lines) == 2
    about = json.loads((tmp_path / "filter" / "filter.json").read_text())
    kept = next(line for line in lines if line.startswith("kept: "))
    assert kept == f"kept: {about['comparison']['best'][0]} with {about['comparison']['best'][1]}"
    assert about["classifier"] == about["comparison"]["best"][1]


def test_a_classifier_that_is_none_is_refused(fitted: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="classifier"):
        fit_filter(
            Fitting(
                annotations=fitted / "A.jsonl", texts=fitted / "T.jsonl", out=tmp_path / "f",
                classifiers=("magic",),
            )
        )  # fmt: skip
