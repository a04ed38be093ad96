"""Options that several commands have, and the numbers they take."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

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
