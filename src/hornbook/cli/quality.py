"""`hornbook quality fit` and `hornbook quality score`: the filter without the rest."""

from __future__ import annotations

import argparse
import sys
import time

from hornbook.errors import ConfigError


def fit(options: argparse.Namespace) -> int:
    """Print how well the filter does on groups it has not seen."""
    from hornbook.quality.standalone import Fitting, fit_filter

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
        )
    )
    print(
        f"{options.out}: fitted on {fitted.used} texts of {fitted.groups} groups"
        f" ({fitted.dropped} judgements without a text)"
    )
    for metric in fitted.validation.metrics:
        low, high = metric.low, metric.high
        interval = "" if low is None else f" ({low:.3f} to {high:.3f})"
        print(f"{metric.name}: {metric.estimate:.3f}{interval}")
    return 0


def table(options: argparse.Namespace) -> int:
    """Print what each line would keep, whole or by group."""
    from hornbook.quality.table import would_keep
    from hornbook.recipes.folder import find_run, the_run

    run = find_run(options.run, options.runs)[0] if options.run else the_run(options.runs)
    head = f"{'':<28}{'line':>8}{'documents':>12}{'characters':>16}{'share':>8}{'worth':>8}"
    print(head)
    for name, rows in would_keep(run / "quality", options.line, options.by):
        for row in rows:
            worth = f"{row.precision:.0%}" if row.documents else "-"
            print(
                f"{name[:27]:<28}{row.line:>8.2f}{row.documents:>12,}{row.characters:>16,}"
                f"{row.share:>8.0%}{worth:>8}"
            )
    return 0


def score(options: argparse.Namespace) -> int:
    """Exit code 1 where a text could not be scored; its row says why."""
    from hornbook.quality.standalone import score_file

    shown = time.monotonic()

    def on_done(rows: int) -> None:
        nonlocal shown
        if rows % 1000 == 0 and time.monotonic() - shown > 10:
            shown = time.monotonic()
            print(f"{rows:,} texts scored", file=sys.stderr)

    rows, failed = score_file(
        options.filter, options.input, options.output, options.workers, on_done
    )
    print(f"{options.output}: {rows - failed:,} of {rows:,} texts scored")
    return 1 if failed else 0
