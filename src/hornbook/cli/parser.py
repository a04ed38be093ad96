"""Which verbs and options there are."""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook import __version__
from hornbook.cli import evaluate_words, model_words, quality_words, train_words
from hornbook.cli.options import Act, engine_options, runs_option, sandbox_option
from hornbook.cli.verb import Verb

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[Verb]

ROOMS = {
    "sources": "collect text: distributions, folders, files; drop duplicates",
    "quality": "judge a sample, fit the filter, select the rest",
    "synthesis": "textbooks and exercises, checked by running them",
    "decontaminate": "hold all training text against the benchmarks",
    "tokens": "train the tokenizer, pack the documents",
    "train": "pretrain and finetune every arm",
    "evaluate": "ask every arm, judge the answers, with intervals",
    "report": "numbers to pages",
}

WORDS = {
    "quality": quality_words.add_words,
    "train": train_words.add_words,
    "evaluate": evaluate_words.add_words,
}
"""Rooms whose verb does more than bring a run up to the room."""


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hornbook",
        description="Makes a small language model from textbook-quality data and shows what its"
        " score is worth.",
    )
    parser.add_argument("--version", action="version", version=f"hornbook {__version__}")
    verbs = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=Verb
    )
    _run(verbs)
    _plan(verbs)
    _why(verbs)
    _complete(verbs)
    _benchmarks(verbs)
    _model(verbs)
    _small(verbs)
    for room, about in ROOMS.items():
        room_parser = _verb(verbs, room, f"{about} (a recipe, up to this room)", "runs:run")
        _run_options(room_parser)
        room_parser.set_defaults(until=room)
        if room in WORDS:
            WORDS[room](room_parser, _lazy)
    return parser


def _lazy(target: str) -> Act:
    module, function = target.split(":")

    def act(options: argparse.Namespace) -> int:
        found = importlib.import_module(f"hornbook.cli.{module}")
        return int(getattr(found, function)(options))

    return act


def _verb(verbs: Verbs, name: str, about: str, target: str) -> Verb:
    parser: Verb = verbs.add_parser(name, help=about, description=about)
    parser.set_defaults(act=_lazy(target))
    return parser


def _recipe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", help="a recipe's name (quickstart) or a .toml file")
    parser.add_argument("--scale", type=float, default=1.0, help="multiply rows and tokens (1.0)")
    parser.add_argument(
        "--set",
        dest="assignments",
        action="append",
        default=[],
        metavar="ROOM.KEY=VALUE",
        help="change one setting; may be given often",
    )


def _run_options(parser: argparse.ArgumentParser) -> None:
    _recipe(parser)
    runs_option(parser)
    parser.add_argument("--name", help="name of the run's folder (the recipe's name)")
    parser.add_argument(
        "--workers",
        type=int,
        default=min(os.cpu_count() or 1, 8),
        help="worker processes (all cores, 8 at most)",
    )
    engine_options(parser)
    sandbox_option(parser)
    parser.add_argument(
        "--log",
        dest="loggers",
        action="append",
        choices=("tensorboard", "wandb"),
        default=[],
        help="show training's meters there too, where it is installed; may be given often",
    )


def _run(verbs: Verbs) -> None:
    parser = _verb(verbs, "run", "run a recipe from its first room to the report", "runs:run")
    _run_options(parser)
    parser.add_argument("--until", choices=list(ROOMS), help="stop after this room")
    parser.add_argument(
        "--update",
        action="store_true",
        help="the recipe changed: redo in this run what depends on it",
    )


def _plan(verbs: Verbs) -> None:
    parser = _verb(verbs, "plan", "say beforehand what a run takes, stage by stage", "runs:plan")
    _recipe(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def _why(verbs: Verbs) -> None:
    parser = _verb(
        verbs, "why", "tell the story of one row: whence, score, decision, twins", "why:why"
    )
    parser.add_argument("row", help="a content id, or a unique beginning of one")
    parser.add_argument("--run", help="RUN, or a path to one (the newest in the folder of runs)")
    runs_option(parser)


def _complete(verbs: Verbs) -> None:
    parser = _verb(verbs, "complete", "let a trained model go on with a text", "complete:complete")
    parser.add_argument("model", metavar="RUN[:ARM]", help="a run, and which of its arms")
    parser.add_argument("--prompt", metavar="TEXT", help="the text (else standard input)")
    parser.add_argument(
        "--max-new-tokens", type=int, default=96, metavar="N", help="tokens at most (96)"
    )
    runs_option(parser)


def _benchmarks(verbs: Verbs) -> None:
    parser = _verb(verbs, "benchmarks", "public benchmarks: list, import, verify", "benchmarks:act")
    parser.add_argument("action", choices=("list", "import", "verify"))
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        help="the folder that holds the files (list, verify: the one of imported benchmarks)",
    )


def _model(verbs: Verbs) -> None:
    about = "exchange models with transformers and llama.cpp: import, export"
    model_words.add_words(_verb(verbs, "model", about, "model:export"), _lazy)


def _small(verbs: Verbs) -> None:
    _verb(
        verbs,
        "doctor",
        "look at this machine: what will run here, and what protects it",
        "doctor:doctor",
    )
    clean = _verb(verbs, "clean", "empty the cache; with a name, remove that run", "clean:clean")
    clean.add_argument("run", nargs="?", help="a run's name")
    runs_option(clean)
