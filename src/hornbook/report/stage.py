"""Collect every figure, write `summary.json`, draw the page."""

from __future__ import annotations

from collections.abc import Mapping

from hornbook.report.collect import summarise
from hornbook.report.config import ReportSettings
from hornbook.report.examples import examples_of
from hornbook.report.page import render
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import write_bytes, write_json


def run(
    context: StageContext,
    settings: ReportSettings,
    title: str,
    default_arm: str,
    tokens_seen: Mapping[str, int],
) -> StageResult:
    """Write `report.html`, one file that needs no network, and `summary.json` with its figures."""
    context.progress.advance(0.1, 1, "collecting")
    summary = summarise(context, title, default_arm, tokens_seen)
    write_json(context.folder / "summary.json", summary)
    context.progress.advance(0.5, 1, "drawing")
    examples = examples_of(context, settings, default_arm)
    write_bytes(context.folder / "report.html", render(summary, examples).encode())
    scores = len(summary["scores"])
    return StageResult({"scores": Counts(scores, scores)})
