from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from hornbook.records import Completion, Problem, Verdict
from hornbook.report.collect import comparison_sentence, headline, loss_curve
from hornbook.report.examples import Examples, Hit, Judged, Solution
from hornbook.report.page import render


@pytest.fixture(scope="module")
def page(finished: Path) -> str:
    return (finished / "report" / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def summary(finished: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((finished / "report" / "summary.json").read_text())
    return found


class Looks(HTMLParser):
    """Every address the page would load something from, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "data", "poster") or (
                name == "href" and tag in ("link", "base", "use")
            ):
                self.loads.append(value or "")
        if tag in ("script", "iframe", "object", "embed"):
            self.loads.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: str) -> Looks:
    looks = Looks()
    looks.feed(page)
    return looks


def test_the_page_needs_no_network(page: str) -> None:
    """Nothing is loaded from anywhere: no script, no picture, no style sheet, no font."""
    assert read(page).loads == []
    assert "@import" not in page
    assert "url(" not in page


def test_every_score_on_the_page_stands_in_the_summary(page: str, summary: dict[str, Any]) -> None:
    """Each score with an interval is shown as the summary has it."""
    text = " ".join(read(page).words)
    for row in summary["scores"]:
        if row["estimate"] is not None:
            assert f"{row['estimate'] * 100:.1f}% ({row['passed']}/{row['n']})" in text
            assert row["low"] <= row["estimate"] <= row["high"]


def test_scores_have_the_promised_fields(summary: dict[str, Any]) -> None:
    """A score says arm, benchmark, label, n, passed, estimate, low, high and status."""
    for row in summary["scores"]:
        assert {
            "arm",
            "benchmark",
            "label",
            "n",
            "passed",
            "estimate",
            "low",
            "high",
            "status",
        } <= set(row)
    labels = {row["benchmark"]: row["label"] for row in summary["scores"]}
    assert labels["workbook-known"] == "in-distribution"
    assert labels["workbook-unknown"] == "unknown-family"


def test_the_page_holds_what_a_reader_wants(page: str) -> None:
    """Funnel, histogram, forest, curves, scores, contamination, answers, time and recipe are there."""
    text = " ".join(read(page).words)
    for words in (
        "Documents of code, from all that was seen",
        "Scores of all documents",
        "Cross-validated, folds grouped by distribution",
        "Loss of each phase",
        "Differences between arms",
        "Is it contamination?",
        "in-distribution",
        "right and wrong",
        "Seconds by stage",
        "The resolved recipe",
        "Family by family",
    ):
        assert words in text, words


def test_a_choice_of_embedder_and_classifier_is_shown(summary: dict[str, Any]) -> None:
    """Every pair with its figures, and which was kept; without a choice there is no table."""
    examples = Examples(kept=[], dropped=[], solutions=[], hits=[])
    assert "pairs of embedder and classifier" not in render(summary, examples)
    metrics = [{"name": "a", "estimate": 0.812345, "low": 0.7, "high": 0.9}] * 2
    pair = {"embedder": "code <b>", "classifier": "ordinal", "metrics": metrics, "chosen": 4}
    told = {"best": ["code <b>", "ordinal"], "pairs": [pair]}
    quality = {**summary["quality"], "comparison": told}
    text = render({**summary, "quality": quality}, examples)
    assert "Chosen among 1 pairs of embedder and classifier: code &lt;b&gt; with ordinal" in text
    assert "0.812 (0.700 to 0.900)" in text


def test_hostile_text_stays_text(summary: dict[str, Any]) -> None:
    """Code, reasons and names that look like markup are shown and not obeyed."""
    evil = "</pre></details><script>alert('x')</script><img src=x onerror=alert(1)>"
    problem = Problem(evil, "workbook-known", evil, evil, f'"""{evil}"""\n', "f", "", "")
    completion = Completion("c", evil, "workbook-known", "raw", evil, 1, "length")
    verdict = Verdict("c", evil, "workbook-known", "raw", "failed", evil, 0.1, "t")
    examples = Examples(
        kept=[Judged(evil, 4.0, evil)],
        dropped=[Judged(evil, 0.0, evil)],
        solutions=[Solution(problem, completion, verdict)],
        hits=[Hit(evil, evil, evil)],
    )
    text = render(summary, examples)
    assert read(text).loads == []
    assert "<script" not in text
    assert "<img" not in text


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")
def test_a_browser_shows_the_page(finished: Path, tmp_path: Path) -> None:
    """Headless Chromium draws the page from its file, with its headings, and makes a picture."""
    picture = tmp_path / "page.png"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}", "--window-size=900,1400"]  # fmt: skip
    address = (finished / "report" / "report.html").as_uri()
    subprocess.run(
        ["chromium", *options, f"--screenshot={picture}", address],
        check=True,
        capture_output=True,
        timeout=90,
    )
    assert picture.stat().st_size > 20_000
    shown = subprocess.run(
        ["chromium", *options, "--dump-dom", address],
        check=True,
        capture_output=True,
        text=True,
        timeout=90,
    ).stdout
    assert len(re.findall("<svg", shown)) >= 8


def test_better_is_said_only_where_zero_is_excluded() -> None:
    """The sentence for a difference never says more than its interval."""
    row = {"first": "a", "second": "b", "estimate": 0.2, "low": 0.1, "high": 0.3, "benchmark": "x", "label": "l", "excludes_zero": True}  # fmt: skip
    assert "a is better than b" in comparison_sentence(row)
    assert "a is worse than b" in comparison_sentence(
        {**row, "estimate": -0.2, "low": -0.3, "high": -0.1}
    )
    assert "cannot be told apart" in comparison_sentence(
        {**row, "low": -0.1, "excludes_zero": False}
    )


def test_the_headline_gives_intervals_and_labels() -> None:
    """A score in the headline has its interval and label; one that was not run is not there."""
    score = {
        "arm": "a",
        "estimate": 0.5,
        "low": 0.4,
        "high": 0.6,
        "n": 10,
        "benchmark": "x",
        "label": "public",
    }
    scores = {
        "scores": [score, {**score, "estimate": None}, {**score, "arm": "b"}],
        "comparisons": [],
    }
    assert headline(scores, "a") == ["a solves 50.0% (40.0% to 60.0%) of 10 problems of x (public)"]


def test_a_long_curve_is_thinned_by_means(tmp_path: Path) -> None:
    """A curve of many steps keeps a few dozen points, each the mean of its neighbours."""
    rows = [{"tokens": n, "loss": float(n % 2)} for n in range(1000)]
    (tmp_path / "m.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    curve = loss_curve(tmp_path / "m.jsonl")
    assert 80 <= len(curve) <= 90
    assert {loss for _, loss in curve} == {0.5}
    assert loss_curve(tmp_path / "none.jsonl") == []
