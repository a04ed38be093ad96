"""The words of `hornbook quality` and their options."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from hornbook.cli.verb import Verb

Act = Callable[[argparse.Namespace], int]
Lazy = Callable[[str], Act]
TEXTS = "rows {id, text}, and group where texts belong together: .jsonl, .jsonl.gz or .parquet"


def add_words(verb: Verb, lazy: Lazy) -> None:
    _fit(verb.word("fit", "a filter from judgements of your own"), lazy)
    _score(verb.word("score", "what a filter says of texts"), lazy)


def _fit(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("quality:fit"))
    parser.add_argument(
        "--annotations",
        type=Path,
        required=True,
        metavar="FILE",
        help="rows {id, score}; an id judged twice tells how far the judge agrees with itself",
    )
    parser.add_argument("--texts", type=Path, required=True, metavar="FILE", help=TEXTS)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the filter's new folder"
    )
    parser.add_argument(
        "--worth",
        type=float,
        metavar="SCORE",
        help="from this score on a text is worth reading (3, or the scores' middle)",
    )
    parser.add_argument("--seed", type=_seed, default=1, metavar="N", help="of the forest (1)")
    _workers(parser)


def _score(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("quality:score"))
    parser.add_argument("filter", type=Path, metavar="DIR", help="what fit wrote")
    parser.add_argument("--input", type=Path, required=True, metavar="FILE", help=TEXTS)
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="rows {id, score} are written here, .jsonl or .parquet",
    )
    _workers(parser)


def _workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers",
        type=_count,
        default=min(os.cpu_count() or 1, 8),
        metavar="N",
        help="worker processes (all cores, 8 at most)",
    )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!a} is not a whole number from 1 to 256")
    return int(text)


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!a} is not a whole number from 0 on")
    return int(text)
