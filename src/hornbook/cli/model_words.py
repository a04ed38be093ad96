"""The words of `hornbook model` and their options."""

from __future__ import annotations

import argparse
from pathlib import Path

from hornbook.cli.options import Lazy, runs_option
from hornbook.cli.verb import Verb

IMPORT = "bring in a phi model of the transformers library"
EXPORT = "write a model for transformers or llama.cpp"


def add_words(verb: Verb, lazy: Lazy) -> None:
    """`hornbook model import` and `hornbook model export`."""
    words = verb.add_subparsers(title="words", metavar="WORD", required=True)
    _import(words.add_parser("import", help=IMPORT, description=IMPORT), lazy)
    _export(words.add_parser("export", help=EXPORT, description=EXPORT), lazy)


def _import(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("model:bring_in"))
    parser.add_argument(
        "source",
        metavar="DIR|HUB_ID",
        help="a folder with config.json and safetensors, or OWNER/NAME[@REVISION] on the hub",
    )
    _out(parser)


def _export(parser: argparse.ArgumentParser, lazy: Lazy) -> None:
    parser.set_defaults(act=lazy("model:export"))
    parser.add_argument(
        "model", metavar="RUN[:ARM]|DIR", help="a run and which of its arms, or an imported model"
    )
    parser.add_argument(
        "--format",
        choices=("hf", "gguf"),
        required=True,
        help="hf: a folder for transformers; gguf: one file for llama.cpp",
    )
    _out(parser)
    parser.add_argument(
        "--dtype",
        choices=("float32", "bfloat16", "float16"),
        help="numbers the weights are stored in (as they are)",
    )
    parser.add_argument(
        "--no-card", action="store_true", help="leave out the measurement against float64"
    )
    parser.add_argument(
        "--ids-only",
        action="store_true",
        help="gguf: export though llama.cpp would split text otherwise; for token ids alone",
    )
    runs_option(parser)


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a new folder; appears whole"
    )
