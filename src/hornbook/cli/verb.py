"""A command that takes a recipe, or one of a few words in the recipe's place.

`hornbook evaluate quickstart` is a run up to a room; `hornbook evaluate samples ...` is something
else with options of its own. The first argument decides.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any


class Verb(argparse.ArgumentParser):
    """A parser that hands over to another one where the first argument is a known word."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._words: dict[str, argparse.ArgumentParser] = {}

    def word(self, name: str, about: str) -> argparse.ArgumentParser:
        """A new word, and the parser for what follows it."""
        parser = argparse.ArgumentParser(prog=f"{self.prog} {name}", description=about)
        self._words[name] = parser
        return parser

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        if args and args[0] in self._words:
            return self._words[args[0]].parse_known_args(args[1:], namespace)
        return super().parse_known_args(args, namespace)

    def format_help(self) -> str:
        text = super().format_help()
        if not self._words:
            return text
        told = [f"  {name:<10} {parser.description}" for name, parser in self._words.items()]
        more = f"`{self.prog} WORD --help` says more; a recipe of that name is ./WORD"
        return "\n".join([text, "or, in the recipe's place, one of these words:", *told, more, ""])
