"""Whoever is being asked: one of our models, or later anything that completes text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hornbook.evaluate.config import EvaluateSettings

Counter = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a subject wrote after a prompt, already cut at the stop rule."""

    text: str
    tokens: int
    stopped_by: str
    """`end-of-text`, `stop-string` or `length`."""


class Subject(Protocol):
    """The seam between a model and its examination."""

    def complete(
        self, prompts: Sequence[str], settings: EvaluateSettings, on_done: Counter
    ) -> list[Answer]:
        """One greedy answer a prompt, in the prompts' order."""

    def score(self, texts: Sequence[str], on_done: Counter) -> list[float]:
        """The bits each text takes, read from its beginning."""


class FakeSubject:
    """Answers from a table, for tests of what stands on top of a subject."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers

    def complete(
        self, prompts: Sequence[str], settings: EvaluateSettings, on_done: Counter
    ) -> list[Answer]:
        found = [self.answers.get(prompt, "") for prompt in prompts]
        on_done(len(prompts), len(prompts))
        return [Answer(text, len(text.split()), "end-of-text") for text in found]

    def score(self, texts: Sequence[str], on_done: Counter) -> list[float]:
        on_done(len(texts), len(texts))
        return [8.0 * len(text.encode()) for text in texts]
