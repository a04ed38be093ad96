"""How well the filter ranks code of distributions it has not seen, and what each part adds.

    hornbook run quickstart --until sources --runs runs
    python benchmarks/quality.py --run runs/quickstart --write

Everything is judged on the 780 recorded annotations in folds that hold whole distributions; intervals
resample distributions. "Other words" are statistics of words made without any text of the judged
distributions, annotated or not.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from marked_page import write
from threadpoolctl import threadpool_limits

from hornbook.embed import CodeEmbedder
from hornbook.embed.code import _columns
from hornbook.embed.groups import group_features
from hornbook.embed.lexer import Lexed
from hornbook.embed.likeness import statistics_from, word_statistics
from hornbook.embed.logical import Code
from hornbook.embed.pages import page_features
from hornbook.embed.statements import statement_features
from hornbook.embed.structure import structure_features
from hornbook.quality.annotations import Excerpt, resolve
from hornbook.quality.chunks import chunks
from hornbook.quality.config import QualitySettings
from hornbook.quality.validation import validate
from hornbook.records import Document
from hornbook.storage import read_rows
from hornbook.teacher import recorded_annotations

ROOT = Path(__file__).resolve().parent.parent
JUDGED = [
    "mpmath",
    "sympy",
    "sklearn",
    "pygments",
    "requests",
    "matplotlib",
    "pandas",
    "django",
    "sqlalchemy",
    "flask",
    "celery",
    "nltk",
    "twisted",
    "statsmodels",
    "lark",
    "toolz",
]
"""Packages that are both judged and perhaps installed."""
Row = tuple[str, list[Any]]


def settings(**more: Any) -> QualitySettings:
    return QualitySettings(fraction=0.25, **more)


def measured(excerpts: Sequence[Excerpt], vectors: Any, how: QualitySettings) -> list[Any]:
    """Spearman and AUC with their intervals."""
    found = validate(excerpts, CodeEmbedder(), vectors, how, (1, 1))
    return [[metric.estimate, metric.low, metric.high] for metric in found.metrics[:2]]


def parts() -> dict[str, slice]:
    """Which columns of a vector each part has."""
    lexed = Lexed(["x"])
    code = Code(lexed)
    sizes = {
        "page": len(page_features(lexed)),
        "structure": len(structure_features(code)),
        "statements": len(statement_features(code)),
        "groups of words": len(group_features(code)),
    }
    sizes["likeness to textbooks"] = len(_columns(lexed, word_statistics())[0]) - sum(
        sizes.values()
    )
    sizes["telling words"] = CodeEmbedder().dimension - sum(sizes.values())
    found, at = {}, 0
    for name, size in sizes.items():
        found[name] = slice(at, at + size)
        at += size
    return found


def ablation(excerpts: Sequence[Excerpt], vectors: Any) -> list[Row]:
    columns, rows = parts(), []
    for name, where in columns.items():
        rows.append((f"{name} alone", measured(excerpts, vectors[:, where], settings())))
    for name, where in columns.items():
        rest = np.delete(vectors, np.arange(vectors.shape[1])[where], axis=1)
        rows.append((f"without {name}", measured(excerpts, rest, settings())))
    return rows


def classifiers(excerpts: Sequence[Excerpt], vectors: Any) -> list[Row]:
    kinds = ("forest", "boosting", "logistic", "ordinal")
    rows = [
        (f"classifier: {k}", measured(excerpts, vectors, settings(classifier=k))) for k in kinds
    ]
    judged = measured(excerpts, vectors, settings(generated="judge"))
    rows.append(("generated files judged like all others", judged))
    keep = [n for n, e in enumerate(excerpts) if e.annotation.distribution != "kubernetes"]
    fewer = [excerpts[n] for n in keep]
    rows.append(
        ("without the one generated distribution", measured(fewer, vectors[keep], settings()))
    )
    return rows


def other_words(excerpts: Sequence[Excerpt]) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "tools" / "word_statistics.py"), "--out", folder]
        subprocess.run([*command, "--pieces", "12000", "--without", *JUDGED], check=True)
        embedder = CodeEmbedder(statistics_from(Path(folder)))
        vectors = embedder.embed([excerpt.text for excerpt in excerpts])
    return "other words", measured(excerpts, vectors, settings())


def learning(excerpts: Sequence[Excerpt], vectors: Any) -> list[Row]:
    order, rows = np.random.default_rng(1).permutation(len(excerpts)), []
    for count in (100, 200, 400):
        chosen = sorted(order[:count].tolist())
        found = measured([excerpts[n] for n in chosen], vectors[chosen], settings())
        rows.append((f"{count} judgements", found))
    return rows


def pace(texts: Sequence[str]) -> float:
    """Megabytes a second of processor time, embedding alone."""
    embedder, size = CodeEmbedder(), sum(len(text.encode()) for text in texts) / 1e6
    embedder.embed(texts[:10])
    with threadpool_limits(1):
        started = time.process_time()
        embedder.embed(texts)
        return size / (time.process_time() - started)


def page(result: dict[str, Any]) -> str:
    def cell(value: Any) -> str:
        estimate, low, high = value
        return f"{estimate:.3f} ({low:.3f} to {high:.3f})"

    rows = "\n".join(f"| {name} | {cell(s)} | {cell(a)} |" for name, (s, a) in result["rows"])
    return f"""Command: `python benchmarks/quality.py --run RUN` ({date.today()}; {platform.machine()},
{os.cpu_count()} cores, Python {platform.python_version()}). {result["texts"]} excerpts of
{result["groups"]} distributions, five folds of whole distributions, 95% intervals over distributions.
Embedding alone: {result["pace"]:.1f} MB a second of one core's time.

| what | Spearman | AUC for 3 or more |
|---|---:|---:|
{rows}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="a run whose sources are read")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    sources = options.run / "sources"
    annotations = recorded_annotations()
    excerpts, _ = resolve(annotations, read_rows(sources / "annotated", Document))
    vectors = CodeEmbedder().embed([excerpt.text for excerpt in excerpts])
    documents = read_rows(sources / "documents", Document)
    pieces = [
        piece for _, row in zip(range(400), documents, strict=False) for piece in chunks(row.text)
    ]
    rows: list[Row] = [("**the default**", measured(excerpts, vectors, settings()))]
    rows += [other_words(excerpts), *classifiers(excerpts, vectors)]
    rows += [*ablation(excerpts, vectors), *learning(excerpts, vectors)]
    result = {
        "texts": len(excerpts),
        "groups": len({e.annotation.distribution for e in excerpts}),
        "pace": pace(pieces),
        "rows": rows,
    }
    text = page(result)
    print(text)
    if options.write:
        write("quality", text)


if __name__ == "__main__":
    main()
