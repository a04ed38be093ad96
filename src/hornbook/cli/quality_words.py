"""The words of `hornbook quality` and their options."""

from __future__ import annotations

import argparse
from pathlib import Path

from hornbook.cli import annotate_words
from hornbook.cli.options import Lazy, real, runs_option, whole, workers_option
from hornbook.cli.verb import Verb

TEXTS = "rows {id, text}, and group where texts belong together: .jsonl, .jsonl.gz or .parquet"


def add_words(verb: Verb, lazy: Lazy) -> None:
    annotate_words.add_options(verb.word("annotate", "a teacher judges a sample"), lazy)
    _fit(verb.word("fit", "a filter from judgements of your own"), lazy)
    _score(verb.word("score", "what a filter says of texts"), lazy)
    _table(verb.word("table", "what each line would keep of a run's documents"), lazy)


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
    parser.add_argument(
        "--seed",
        type=whole(0, 2**63 - 1),
        default=1,
        metavar="N",
        help="of trees, and of the intervals (1)",
    )
    parser.add_argument(
        "--embedder",
        action="append",
        metavar="NAME",
        help="code, prose, transformers:MODEL, sentence-transformers:MODEL, model2vec:MODEL or"
        " run:RUN[:ARM]; given often, the best is kept (code)",
    )
    parser.add_argument(
        "--classifier",
        action="append",
        choices=("gaussian-process", "forest", "boosting", "logistic", "ordinal", "best"),
        help="what learns from vectors; given often, or best, the best is kept (gaussian-process)",
    )
    parser.add_argument(
        "--compare", action="store_true", help="try every classifier with each --embedder"
    )
    runs_option(parser)
    workers_option(parser, "worker processes")


def _table(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("quality:table"))
    parser.add_argument("run", nargs="?", help="RUN, or a path to one (the newest)")
    parser.add_argument(
        "--line",
        type=real(-1e9, 1e9),
        action="append",
        metavar="SCORE",
        help="a score from which to keep; may be given often (lines of twelve shares)",
    )
    parser.add_argument(
        "--by", choices=("source", "collection", "topic"), help="each group apart as well"
    )
    runs_option(parser)


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
    parser.add_argument(
        "--embedder", metavar="NAME", help="where the filter's model lies now, if it was moved"
    )
    runs_option(parser)
    workers_option(parser, "worker processes")
