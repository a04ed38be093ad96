"""Every figure of the report, read from the run's manifests and tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hornbook import __version__
from hornbook.records import FORMAT_VERSIONS
from hornbook.stages import Manifest, StageContext
from hornbook.storage import read_json

CURVE_POINTS = 80
"""Few enough that the noise of single steps is averaged away."""


def summarise(
    context: StageContext, title: str, default_arm: str, tokens_seen: Mapping[str, int]
) -> dict[str, Any]:
    """The content of `summary.json`; the page shows no figure that isn't in here."""
    manifests = dict(_manifests(context))
    scores = read_json(context.inputs["evaluate/scores"] / "scores.json")
    run = context.folder.parent
    return {
        "format_version": FORMAT_VERSIONS["summary"],
        "run": run.name,
        "title": title,
        "code_version": __version__,
        "seed": context.seed,
        "default_arm": default_arm,
        "headline": headline(scores, default_arm),
        "scores": scores["scores"],
        "comparisons": scores["comparisons"],
        "families": scores["families"],
        "likelihood": scores["likelihood"],
        "protection": scores["protection"],
        "funnel": {
            name: manifest.counts for name, manifest in manifests.items() if "/" not in name
        },
        "quality": dict(manifests["quality"].facts),
        "synthesis": dict(manifests["synthesis"].facts),
        "sources": dict(manifests["sources"].facts),
        "licences": _licences(manifests["sources"].facts["collections"]),
        "decontamination": dict(manifests["decontaminate"].facts),
        "tokens": dict(manifests["tokens"].facts),
        "training": _training(context, manifests),
        "tokens_seen": dict(tokens_seen),
        "stages": [
            {"stage": name, "seconds": m.seconds, "peak_memory_mb": m.peak_memory_mb}
            for name, m in manifests.items()
        ],
        "recipe": read_json(run / "recipe.json"),
    }


def _licences(collections: Mapping[str, Any]) -> dict[str, int]:
    """Documents by the licence that their distribution states, the commonest first."""
    found: Counter[str] = Counter()
    for entry in collections.values():
        found[entry["licence"] or "not stated"] += entry["documents"]
    return dict(found.most_common())


def headline(scores: Mapping[str, Any], arm: str) -> list[str]:
    """What the run shows, in sentences that never say more than their interval."""
    lines = []
    for row in scores["scores"]:
        if row["arm"] != arm or row["estimate"] is None:
            continue
        lines.append(
            f"{arm} solves {row['estimate']:.1%} ({row['low']:.1%} to {row['high']:.1%}) of"
            f" {row['n']} problems of {row['benchmark']} ({row['label']})"
        )
    told = ("in-distribution", "unknown-family")
    return lines + [comparison_sentence(r) for r in scores["comparisons"] if r["label"] in told]


def comparison_sentence(row: Mapping[str, Any]) -> str:
    """A difference in words; "better" only where the interval excludes zero.

    >>> comparison_sentence({"first": "a", "second": "b", "estimate": 0.1, "low": -0.1, "high": 0.3,
    ...     "benchmark": "x", "label": "public", "excludes_zero": False})
    'a and b cannot be told apart on x (public): +10.0 points (-10.0 to +30.0)'
    """
    points = (
        f"{row['estimate'] * 100:+.1f} points ({row['low'] * 100:+.1f} to {row['high'] * 100:+.1f})"
    )
    where = f"on {row['benchmark']} ({row['label']})"
    if not row["excludes_zero"]:
        return f"{row['first']} and {row['second']} cannot be told apart {where}: {points}"
    word = "better" if row["estimate"] > 0 else "worse"
    return f"{row['first']} is {word} than {row['second']} {where}: {points}"


def _manifests(context: StageContext) -> Iterator[tuple[str, Manifest]]:
    for name, folder in context.inputs.items():
        manifest = Manifest.read(folder)
        if manifest is not None:
            yield name, manifest


def _training(context: StageContext, manifests: Mapping[str, Manifest]) -> list[dict[str, Any]]:
    return [
        {
            "arm": name.split("/")[1],
            "phase": name.split("/")[2],
            "seconds": manifest.seconds,
            "curve": loss_curve(context.inputs[name] / "meters.jsonl"),
            **manifest.facts,
        }
        for name, manifest in manifests.items()
        if name.startswith("train/")
    ]


def loss_curve(path: Path) -> list[tuple[float, float]]:
    """(tokens, loss) of a phase, averaged down to about `CURVE_POINTS` points."""
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text().splitlines() if line]
    size = max(1, len(rows) // CURVE_POINTS)
    groups = [rows[start : start + size] for start in range(0, len(rows), size)]
    return [
        (float(group[-1]["tokens"]), round(sum(r["loss"] for r in group) / len(group), 4))
        for group in groups
    ]
