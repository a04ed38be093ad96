"""The words of `hornbook train` and their options."""

from __future__ import annotations

from hornbook.cli.options import Lazy, runs_option, whole
from hornbook.cli.verb import Verb

MOST = 1000


def add_words(verb: Verb, lazy: Lazy) -> None:
    parser = verb.word(
        "verify-resume", "kill a run's training and prove that it ends with the same bits"
    )
    parser.set_defaults(act=lazy("verify_resume:verify_resume"))
    parser.add_argument("model", metavar="RUN[:ARM]", help="a run, and which of its arms")
    parser.add_argument(
        "--steps",
        type=whole(1, MOST),
        default=16,
        metavar="N",
        help="first steps that are trained (16)",
    )
    parser.add_argument(
        "--kills", type=whole(1, MOST), default=6, metavar="N", help="times it is killed (6)"
    )
    runs_option(parser)
