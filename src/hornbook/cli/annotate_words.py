"""The options of `hornbook quality annotate`."""

from __future__ import annotations

import argparse
from pathlib import Path

from hornbook.cli.options import Lazy, real, runs_option, whole

TEXTS = (
    "rows {id, text}, and group where texts belong together: .jsonl, .jsonl.gz or .parquet; or a"
    " folder of a run's documents"
)


def add_options(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("annotate:annotate"))
    add = parser.add_argument
    add("--texts", type=Path, required=True, metavar="PLACE", help=TEXTS)
    add(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="judgements, .jsonl; a summary, failures and the answers are kept beside it",
    )
    add(
        "--endpoint",
        metavar="URL",
        help="anything that speaks OpenAI's chat protocol: https://HOST/v1, http://localhost:PORT/v1;"
        " the key is HORNBOOK_TEACHER_KEY, or OPENAI_API_KEY, of the environment",
    )
    add("--model", required=True, metavar="NAME", help="as the endpoint calls it")
    add(
        "--question",
        default="code",
        metavar="NAME",
        help="`code`, `prose`, or a .toml file of your own (code)",
    )
    add("--embedder", metavar="NAME", help="what makes vectors of the texts (the question's)")
    runs_option(parser)
    _when_to_stop(parser)
    _what_to_ask(parser)
    add(
        "--plan", action="store_true", help="say what it will take, as an interval, and ask nothing"
    )


def _when_to_stop(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--budget-tokens",
        type=whole(1, 10**15),
        metavar="N",
        help="tokens in and out, earlier runs included; never more",
    )
    add(
        "--budget-money",
        type=real(1e-6, 1e9),
        metavar="X",
        help="money, earlier runs included; never more",
    )
    for side in ("in", "out"):
        add(
            f"--price-{side}",
            type=real(0, 1e6),
            metavar="X",
            help=f"what the endpoint asks for a million tokens {side}",
        )
    add("--most", type=whole(1, 10**7), default=1000, metavar="N", help="texts at most (1000)")
    add(
        "--narrowing",
        type=real(0, 1),
        default=0.002,
        metavar="X",
        help="stop when the last three batches took less than this each off the interval of"
        " Spearman's correlation; 0: as long as it does not widen (0.002)",
    )


def _what_to_ask(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--batch", type=whole(1, 10_000), default=50, metavar="N", help="texts of a batch (50)")
    add(
        "--repeat",
        type=real(0, 1),
        default=0.1,
        metavar="SHARE",
        help="of the texts, judged twice: how far the teacher agrees with itself (0.1)",
    )
    add(
        "--choose",
        choices=("doubt", "spread", "random"),
        default="doubt",
        help="what comes next: where the filter is in doubt; spread over groups; by chance (doubt)",
    )
    add("--seed", type=whole(0, 2**63 - 1), default=1, metavar="N", help="of every choice (1)")
    add(
        "--at-once",
        type=whole(1, 256),
        default=16,
        metavar="N",
        help="requests under way at most; fewer where the endpoint refuses (16)",
    )
    add(
        "--timeout", type=real(0.1, 1e5), default=120.0, metavar="S", help="for one answer, s (120)"
    )
    add(
        "--pool",
        type=whole(1, 10**6),
        default=20_000,
        metavar="N",
        help="texts to choose from, drawn by chance; their vectors are kept in memory (20000)",
    )
    add(
        "--longest",
        type=whole(1, 10**6),
        default=12_000,
        metavar="N",
        help="characters of a text that is still asked about (12000)",
    )
