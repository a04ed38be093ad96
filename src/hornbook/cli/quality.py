"""`hornbook quality fit` and `hornbook quality score`: the filter without the rest."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from hornbook.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hornbook.quality.comparison import Comparison, Effort
    from hornbook.quality.validation import Metric


def fit(options: argparse.Namespace) -> int:
    """Print how well the filter does on groups it has not seen."""
    from hornbook.quality.standalone import Fitting, fit_filter
    from hornbook.recipes.embedders import embedders_of

    if options.worth is not None and not abs(options.worth) < float("inf"):
        raise ConfigError(f"--worth {options.worth}: must be a number")
    fitted = fit_filter(
        Fitting(
            annotations=options.annotations,
            texts=options.texts,
            out=options.out,
            worth=options.worth,
            seed=options.seed,
            workers=options.workers,
            embedders=tuple(options.embedder or ["code"]),
            classifiers=_classifiers(options),
            make=embedders_of(options.runs),
        )
    )
    print(
        f"{options.out}: fitted on {fitted.used} texts of {fitted.groups} groups"
        f" ({fitted.dropped} judgements without a text)"
    )
    for metric in fitted.validation.metrics:
        print(f"{metric.name}: {_figure(metric)}")
    if (comparison := fitted.made.comparison) is not None:
        _print_comparison(comparison, fitted.made.efforts)
    return 0


def _classifiers(options: argparse.Namespace) -> tuple[str, ...]:
    if options.compare and not options.classifier:
        return ("best",)
    return tuple(options.classifier or ["gaussian-process"])


def _figure(metric: Metric) -> str:
    low, high = metric.low, metric.high
    return f"{metric.estimate:.3f}" + ("" if low is None else f" ({low:.3f} to {high:.3f})")


def _print_comparison(comparison: Comparison, efforts: Sequence[Effort]) -> None:
    """Every pair with its own figures; those above are of the choice itself."""
    width = max(len("embedder"), *(len(row.embedder) for row in comparison.rows)) + 2
    folds = sum(row.chosen for row in comparison.rows)
    print(f"\n{'embedder':<{width}}{'classifier':<18}{'Spearman':<26}{'AUC':<26}chosen in")
    for row in comparison.rows:
        spearman, auc = map(_figure, row.metrics)
        print(
            f"{row.embedder:<{width}}{row.classifier:<18}{spearman:<26}{auc:<26}{row.chosen} of {folds} folds"
        )
    for effort in efforts:
        print(effort.sentence())
    print(f"kept: {comparison.best[0]} with {comparison.best[1]}")


def table(options: argparse.Namespace) -> int:
    """Print what each line would keep, whole or by group."""
    from hornbook.quality.table import would_keep
    from hornbook.recipes.folder import find_run, the_run

    run = find_run(options.run, options.runs)[0] if options.run else the_run(options.runs)
    head = f"{'':<28}{'line':>8}{'documents':>12}{'characters':>16}{'share':>8}{'worth':>8}"
    print(head)
    for name, rows in would_keep(run / "quality", options.line, options.by):
        shown = name or "(none)"
        for row in rows:
            worth = f"{row.precision:.0%}" if row.documents else "-"
            print(
                f"{shown[:27]:<28}{row.line:>8.2f}{row.documents:>12,}{row.characters:>16,}"
                f"{row.share:>8.0%}{worth:>8}"
            )
    return 0


def score(options: argparse.Namespace) -> int:
    """Exit code 1 where a text could not be scored; its row says why."""
    from hornbook.quality.standalone import score_file
    from hornbook.recipes.embedders import embedders_of

    shown = time.monotonic()

    def on_done(rows: int) -> None:
        nonlocal shown
        if rows % 1000 == 0 and time.monotonic() - shown > 10:
            shown = time.monotonic()
            print(f"{rows:,} texts scored", file=sys.stderr)

    make = embedders_of(options.runs)
    found = score_file(
        options.filter,
        options.input,
        options.output,
        options.workers,
        on_done,
        (lambda name: make(options.embedder)) if options.embedder else make,
    )
    print(f"{options.output}: {found.rows - found.failed:,} of {found.rows:,} texts scored")
    if found.drift.alarming:
        print(found.drift.sentence(), file=sys.stderr)
    return 1 if found.failed else 0
