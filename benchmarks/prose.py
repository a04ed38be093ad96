"""How well the embedder for prose tells what teaches from what does not, and how fast it is.

    python benchmarks/prose.py --write

The texts are those of `tools/prose_texts.py`, by kind of source. Nobody judged them one by one: each
kind has one score, by the rubric there, so the figures say how well kinds are told apart and no more.
Statistics of words are made of every other topic and package; filters are fitted and judged on the
rest, in folds that hold whole topics and packages. Intervals resample those.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
# Read when numpy is imported: the pace is that of one core.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np  # noqa: E402
from marked_page import write  # noqa: E402
from prose_texts import RUBRIC, ProseText, half, prose_texts  # noqa: E402

from hornbook.embed import CodeEmbedder, ProseEmbedder  # noqa: E402
from hornbook.embed.likeness import statistics_from  # noqa: E402
from hornbook.quality.annotations import Excerpt  # noqa: E402
from hornbook.quality.config import QualitySettings  # noqa: E402
from hornbook.quality.filter import fit_filter  # noqa: E402
from hornbook.quality.validation import auc, validate  # noqa: E402
from hornbook.records import Annotation  # noqa: E402

HOW = QualitySettings(fraction=0.5)
LIKENESS = ("textbooks_", "boilerplate_", "`")
"""Begin the names of numbers that come from statistics of words."""


def excerpt(row: ProseText) -> Excerpt:
    return Excerpt(Annotation(row.text[:40], row.group, "", "", 1, 1, "", len(row.text), row.score, "", ""), row.text)  # fmt: skip


def other_words() -> ProseEmbedder:
    """The embedder with statistics of the first half alone."""
    with tempfile.TemporaryDirectory() as folder:
        tool = str(ROOT / "tools" / "prose_statistics.py")
        subprocess.run([sys.executable, tool, "--out", folder, "--half", "0"], check=True)
        return ProseEmbedder(statistics_from(Path(folder)))


def judged(rows: Sequence[ProseText], embedder: Any, vectors: Any, **more: Any) -> list[Any]:
    """Spearman and AUC with their intervals."""
    settings = HOW.model_copy(update=more)
    found = validate([excerpt(row) for row in rows], embedder, vectors, settings, (1, 1))
    return [[metric.estimate, metric.low, metric.high] for metric in found.metrics[:2]]


def unseen_kind(rows: Sequence[ProseText], embedder: Any, vectors: Any, kind: str) -> float:
    """AUC of one kind against those on the other side, by a filter that never saw the kind; groups are
    halved, so that it saw no package of what it judges either."""
    found = []
    for part in (0, 1):
        learn = [
            n for n, row in enumerate(rows) if row.kind != kind and _quarter(row.group) == part
        ]
        judge = [n for n, row in enumerate(rows) if _quarter(row.group) != part]
        judge = [n for n in judge if rows[n].kind == kind or _across(rows[n].kind, kind)]
        texts, scores = [rows[n].text for n in learn], [rows[n].score for n in learn]
        made = fit_filter(embedder, vectors[learn], texts, scores, HOW, (1, 1))
        worth = np.array([float(rows[n].score >= HOW.worth) for n in judge])
        found.append(auc(made.judge(vectors[judge], [rows[n].text for n in judge]), worth) or 0.0)
    return sum(found) / len(found)


def _across(one: str, other: str) -> bool:
    return (RUBRIC[one] >= HOW.worth) != (RUBRIC[other] >= HOW.worth)


def _quarter(group: str) -> int:
    return half(f"again {group}")


def table(rows: Sequence[ProseText], embedder: ProseEmbedder) -> list[tuple[str, list[Any]]]:
    vectors = embedder.embed([row.text for row in rows])
    plain = [n for n, name in enumerate(embedder.names) if not name.startswith(LIKENESS)]
    close = [n for n, row in enumerate(rows) if row.kind in ("guide", "docstring", "description")]
    near = [rows[n] for n in close]
    code = CodeEmbedder()
    of_code = code.embed([row.text for row in rows])
    return [
        ("**the default**", judged(rows, embedder, vectors)),
        ("without statistics of words", judged(rows, embedder, vectors[:, plain])),
        ("the paper's forest", judged(rows, embedder, vectors, classifier="forest")),
        ("the embedder for code", judged(rows, code, of_code, generated="judge", text="prose")),
        ("guides and docstrings against descriptions", judged(near, embedder, vectors[close])),
    ]


def pace(texts: Sequence[str]) -> float:
    """Megabytes a second of processor time, embedding alone, on one core."""
    embedder, size = ProseEmbedder(), sum(len(text.encode()) for text in texts) / 1e6
    embedder.embed(texts[:10])
    best = 0.0
    for _ in range(3):
        started = time.process_time()
        embedder.embed(texts)
        best = max(best, size / (time.process_time() - started))
    return best


def page(result: dict[str, Any]) -> str:
    def cell(value: Any) -> str:
        estimate, low, high = value
        return f"{estimate:.3f} ({low:.3f} to {high:.3f})"

    rows = "\n".join(f"| {name} | {cell(s)} | {cell(a)} |" for name, (s, a) in result["rows"])
    unseen = "\n".join(f"| {kind} | {value:.3f} |" for kind, value in result["unseen"].items())
    kinds = ", ".join(f"{n} {kind}" for kind, n in result["kinds"].items())
    return f"""Command: `python benchmarks/prose.py` ({date.today()}; {platform.machine()},
{os.cpu_count()} cores, Python {platform.python_version()}). {result["texts"]} texts of {result["groups"]} topics and
packages ({kinds}); scores by kind of source, five folds of whole topics and packages, 95% intervals
over them. Embedding alone: {result["pace"]:.1f} MB a second of one core's time.

| what | Spearman | AUC for 3 or more |
|---|---:|---:|
{rows}

A kind that the filter never saw, against those on the other side of the line:

| kind | AUC |
|---|---:|
{unseen}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    every = prose_texts()
    rows = [row for row in every if half(row.group) == 1]
    embedder = other_words()
    vectors = embedder.embed([row.text for row in rows])
    kinds = Counter(row.kind for row in rows)
    result = {
        "texts": len(rows),
        "groups": len({row.group for row in rows}),
        "kinds": {kind: kinds[kind] for kind in RUBRIC},
        "pace": pace([row.text for row in every]),
        "rows": table(rows, embedder),
        "unseen": {kind: unseen_kind(rows, embedder, vectors, kind) for kind in RUBRIC},
    }
    text = page(result)
    print(text)
    if options.write:
        write("prose", text)


if __name__ == "__main__":
    main()
