"""The words of `hornbook train` and their options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from hornbook.cli.verb import Verb

Act = Callable[[argparse.Namespace], int]
MOST_KILLS = 1000


def add_words(verb: Verb, lazy: Callable[[str], Act]) -> None:
    parser = verb.word(
        "verify-resume", "kill a run's training and prove that it ends with the same bits"
    )
    parser.set_defaults(act=lazy("verify_resume:verify_resume"))
    parser.add_argument("model", metavar="RUN[:ARM]", help="a run, and which of its arms")
    parser.add_argument(
        "--steps", type=_count, default=16, metavar="N", help="first steps that are trained (16)"
    )
    parser.add_argument(
        "--kills", type=_count, default=6, metavar="N", help="times it is killed (6)"
    )
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), metavar="DIR", help="folder of all runs (runs)"
    )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_KILLS:
        raise argparse.ArgumentTypeError(f"{text!a} is not a whole number from 1 to {MOST_KILLS}")
    return int(text)
