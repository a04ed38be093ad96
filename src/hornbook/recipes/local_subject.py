"""Our own model as a subject of examination."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from hornbook.evaluate import Answer, EvaluateSettings
from hornbook.inference.generate import Decoding, generate
from hornbook.inference.likelihood import bits_of
from hornbook.model.weights import load_model
from hornbook.tokens.tokenizer import Tokenizer

Counter = Callable[[int, int], None]


class LocalSubject:
    """A model from its folder, asked in float32 so that answers depend on rounding the least."""

    def __init__(self, model_folder: Path, tokens_folder: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        self.model = load_model(model_folder).eval()
        self.tokenizer = Tokenizer.load(tokens_folder / "tokenizer.json")

    def complete(
        self, prompts: Sequence[str], settings: EvaluateSettings, on_done: Counter
    ) -> list[Answer]:
        decoding = Decoding(settings.max_new_tokens, settings.stop, settings.batch)
        found = generate(self.model, self.tokenizer, prompts, decoding, on_done)
        return [Answer(each.text, each.tokens, each.stopped_by) for each in found]

    def score(self, texts: Sequence[str], on_done: Counter) -> list[float]:
        return bits_of(self.model, self.tokenizer, texts, on_done)
