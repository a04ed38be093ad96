"""Options that several commands have, and the numbers they take."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hornbook.stages import EngineChoice

Act = Callable[[argparse.Namespace], int]
Lazy = Callable[[str], Act]
"""Makes of `module:function` of the command line what imports it when it is called."""


def runs_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), metavar="DIR", help="folder of all runs (runs)"
    )


def sandbox_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        choices=("auto", "external", "none"),
        default="auto",
        help="auto: run generated code only where it can be held; external: a container or virtual"
        " machine around this holds it; none: run it unprotected",
    )


def workers_option(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument(
        "--workers",
        type=whole(1, 256),
        default=min(os.cpu_count() or 1, 8),
        metavar="N",
        help=f"{what} (all cores, 8 at most)",
    )


def engine_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=("auto", "in-process", "workers", "ray"),
        default="auto",
        help="where jobs are done: in this process, in worker processes, on a Ray cluster; auto:"
        " in this process for one worker, else in worker processes",
    )
    parser.add_argument(
        "--address",
        metavar="HOST:PORT",
        help="head of the Ray cluster; `local` for one of this run's own (local)",
    )
    parser.add_argument(
        "--job-seconds",
        type=real(0.1, 1e6),
        default=600.0,
        metavar="S",
        help="end a job of a worker that takes longer (600)",
    )


def engine_of(options: argparse.Namespace) -> EngineChoice:
    """Raises `ConfigError` for what can't be had, before any work is done."""
    from hornbook.engine.cluster import LOCAL, check
    from hornbook.errors import ConfigError
    from hornbook.stages import EngineChoice

    if options.engine == "ray":
        check(options.address or LOCAL)
    elif options.address is not None:
        raise ConfigError(f"--address {options.address}: only --engine ray has one")
    return EngineChoice(options.engine, options.address, options.job_seconds)


def whole(low: int, high: int) -> Callable[[str], int]:
    """The type of an option that takes a whole number.

    >>> whole(1, 9)("3")
    3
    """

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            return int(text)
        raise argparse.ArgumentTypeError(f"{text!a} is not a whole number from {low} to {high}")

    return read


def real(low: float, high: float) -> Callable[[str], float]:
    """The type of an option that takes a number.

    >>> real(0.5, 9)("0.75")
    0.75
    """

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!a} is not a number from {low:g} to {high:g}")
        return value

    return read
