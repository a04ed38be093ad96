"""`hornbook quality annotate`: a teacher judges a sample, within a budget."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError

if TYPE_CHECKING:
    from hornbook.quality.annotate.annotating import Connect, Outcome
    from hornbook.quality.annotate.measuring import Measured
    from hornbook.quality.annotate.work import Annotating
    from hornbook.teacher.budget import Budget
    from hornbook.teacher.cache import Store
    from hornbook.teacher.expected import Expected
    from hornbook.teacher.request import Teacher

BUDGET_SPENT = 3


def annotate(options: argparse.Namespace) -> int:
    """Exit code 0 when there is enough, 1 where texts are left without a judgement, 3 where the
    budget ended it."""
    from hornbook.quality.annotate.annotating import Events, planned
    from hornbook.quality.annotate.annotating import annotate as run

    wanted = _wanted(options)
    if options.plan:
        _tell_expected(planned(wanted))
        return 0
    if options.endpoint is None:
        raise ConfigError("--endpoint is missing: name one, or give --plan to ask nothing")
    outcome = run(wanted, _connect(options), Events(_tell_expected, _Progress(), _tell_batch))
    return _tell_outcome(options, outcome)


def _wanted(options: argparse.Namespace) -> Annotating:
    from hornbook.quality.annotate.work import Annotating
    from hornbook.recipes.embedders import embedders_of
    from hornbook.teacher.budget import Limits, Prices

    prices = None
    if (options.price_in is None) != (options.price_out is None):
        raise ConfigError("give both --price-in and --price-out, or neither")
    if options.price_in is not None:
        prices = Prices(options.price_in, options.price_out)
    same = ("texts", "out", "model", "question", "embedder", "batch", "most", "repeat", "narrowing",
            "choose", "seed", "at_once", "pool", "longest")  # fmt: skip
    return Annotating(
        make=embedders_of(options.runs),
        limits=Limits(options.budget_tokens, options.budget_money, prices),
        **{name: getattr(options, name) for name in same},
    )


def _connect(options: argparse.Namespace) -> Connect:
    from hornbook.teacher.client import Endpoint, EndpointTeacher
    from hornbook.teacher.key import key_from
    from hornbook.teacher.pace import Pace
    from hornbook.teacher.wire import chat_url

    chat_url(options.endpoint)
    key = key_from()
    endpoint = Endpoint(options.endpoint, options.model, options.timeout, seed=options.seed)

    def connect(store: Store, budget: Budget, stop: threading.Event) -> Teacher:
        return EndpointTeacher(endpoint, key, budget, store, Pace(options.at_once, stop))

    return connect


def _tell_expected(told: Expected) -> None:
    on = f"by {told.measured} answers" if told.measured else "by what is usual"
    print(
        f"expected: {_between(told.requests)} requests, {_between(told.tokens_in)} tokens in,"
        f" {_between(told.tokens_out)} out ({on})"
    )
    if told.money is not None:
        print(f"expected: {told.money[0]:.4f} to {told.money[1]:.4f} in money")
    sys.stdout.flush()


def _between(ends: tuple[int, int]) -> str:
    return f"{ends[0]:,} to {ends[1]:,}"


class _Progress:
    """Now and then, where somebody waits."""

    def __init__(self) -> None:
        self._shown = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._shown > 10:
            self._shown = time.monotonic()
            print(f"{done:,} of {total:,} texts of this batch", file=sys.stderr)


def _tell_batch(measured: Measured, budget: Budget) -> None:
    from dataclasses import asdict

    figures = asdict(measured)
    money = budget.money
    cost = f"{budget.tokens:,} tokens" + ("" if money is None else f", {money:.4f} in money")
    print(
        f"{measured.rows:,} judged ({cost}):"
        f" Spearman {_interval(figures['spearman'])}, AUC {_interval(figures['auc'])};"
        f" {measured.spread_rows:,} spread ones: Spearman {_interval(figures['spread_spearman'])}",
        flush=True,
    )


def _interval(metric: dict[str, Any] | None) -> str:
    if metric is None or metric["low"] is None:
        return "not known yet"
    return f"{metric['estimate']:.3f} ({metric['low']:.3f} to {metric['high']:.3f})"


def _tell_outcome(options: argparse.Namespace, outcome: Outcome) -> int:
    summary = outcome.summary
    print(f"{options.out}: {summary['rows']:,} judgements; {outcome.because}")
    for reason, count in sorted(summary["dropped"].items()):
        print(f"not asked about: {count:,} texts, {reason}")
    if summary["agreement"]:
        print(f"the teacher with itself, {summary['judged_twice']:,} texts judged twice:")
        for metric in summary["agreement"]:
            print(f"  {metric['name']}: {_interval(metric)}")
    else:
        print("too few texts were judged twice to say how far the teacher agrees with itself")
    if summary["failed"]:
        print(f"{summary['failed']:,} texts failed; the same command tries them again")
    if outcome.spent:
        return BUDGET_SPENT
    return 1 if summary["failed"] else 0
