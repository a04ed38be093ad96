"""The words of `hornbook evaluate` and their options."""

from __future__ import annotations

import argparse
from pathlib import Path

from hornbook.cli.options import Lazy, real, sandbox_option, whole, workers_option
from hornbook.cli.verb import Verb

MOST_K = 10_000


def add_words(verb: Verb, lazy: Lazy) -> None:
    _samples(verb.word("samples", "judge a sample file: pass@k with intervals"), lazy)
    _compare(verb.word("compare", "two verdict files: which run is better, if any"), lazy)
    _verify(verb.word("verify", "judge a bundle again and compare every verdict"), lazy)
    _matrix(verb.word("matrix", "the same raw texts under other harnesses' rules"), lazy)
    _explain(verb.word("explain", "why samples did not pass, cause by cause"), lazy)


def _samples(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("evaluate:samples"))
    _benchmark(parser)
    parser.add_argument(
        "--samples",
        type=Path,
        required=True,
        metavar="FILE",
        help="rows {task_id, completion} or {task_id, solution}, .jsonl or .jsonl.gz",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="V.jsonl",
        help="one row a sample is written here",
    )
    parser.add_argument(
        "-k", type=_ks, default=(1, 10, 100), metavar="K,K", help="pass@k for these (1,10,100)"
    )
    _judging(parser)
    _limits(parser)
    parser.add_argument(
        "--stop",
        action="append",
        type=_escaped,
        default=[],
        metavar="TEXT",
        help=r"cut completions before the first of these; \n is a line end; may be given often (none)",
    )
    parser.add_argument(
        "--partial", action="store_true", help="problems without samples are left out, and told"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace --out where it is another evaluation's"
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="neither use nor keep verdicts in the cache"
    )
    parser.add_argument(
        "--no-preflight", action="store_true", help="skip the self-check beforehand"
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="B.zip", help="also write all of it into one file"
    )


def _compare(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("evaluate:compare"))
    for name in ("a", "b"):
        parser.add_argument(name, type=Path, metavar=f"{name.upper()}.jsonl", help="verdicts")
    parser.add_argument(
        "-k", type=whole(1, MOST_K), default=1, metavar="K", help="compare pass@k (1)"
    )


def _verify(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("evaluate:verify"))
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="what --bundle wrote")
    _judging(parser)


def _matrix(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("causes:matrix"))
    _benchmark(parser)
    _sample_file(parser, "rows {task_id, completion} with raw texts: nothing cut from them")
    parser.add_argument("--out", type=Path, metavar="M.json", help="also write it as JSON")
    _judging(parser)
    _limits(parser)


def _explain(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("causes:explain"))
    _benchmark(parser)
    parser.add_argument(
        "--verdicts", type=Path, required=True, metavar="V.jsonl", help="what --out wrote"
    )
    _sample_file(parser, "the samples that were judged")
    parser.add_argument("--out", type=Path, metavar="E.jsonl", help="also write a row a sample")


def _sample_file(parser: argparse.ArgumentParser, about: str) -> None:
    parser.add_argument("--samples", type=Path, required=True, metavar="FILE", help=about)


def _limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cpu-seconds",
        type=real(0.1, 600),
        default=3.0,
        metavar="S",
        help="CPU time of a check (3)",
    )
    parser.add_argument(
        "--memory-mb",
        type=whole(64, 65_536),
        default=512,
        metavar="MB",
        help="memory of a check (512)",
    )


def _benchmark(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--benchmark",
        required=True,
        metavar="NAME|FILE",
        help="a benchmark's name (hornbook benchmarks list), or problems in HumanEval's format",
    )


def _judging(parser: argparse.ArgumentParser) -> None:
    workers_option(parser, "checks at the same time")
    sandbox_option(parser)


def _ks(text: str) -> tuple[int, ...]:
    return tuple(sorted({whole(1, MOST_K)(part) for part in text.split(",")}))


def _escaped(text: str) -> str:
    r"""`\n` and `\t` as in Python: a shell has no simple way to write a line end.

    >>> _escaped(r"\ndef ")
    '\ndef '
    """
    for mark, character in (("\\n", "\n"), ("\\t", "\t")):
        text = text.replace(mark, character)
    if not text:
        raise argparse.ArgumentTypeError("an empty text would cut everything")
    return text
