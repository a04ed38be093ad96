"""How many bits a model needs for a text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F

from hornbook.model.transformer import Phi
from hornbook.tokens.tokenizer import Tokenizer


@torch.inference_mode()
def bits_of(
    model: Phi,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> list[float]:
    """Bits for each text, read from an end-of-text mark on, its own end included.

    A text longer than the context is read in windows that overlap by half, and each token is
    counted once, with at least half a context before it.
    """
    found = []
    for number, ids in enumerate(tokenizer.encode_batch(texts)):
        mark = tokenizer.end_of_text
        found.append(_bits(model, [mark, *ids, mark]))
        on_done(number + 1, len(texts))
    return found


def _bits(model: Phi, ids: list[int]) -> float:
    size = model.settings.context
    stride = max(1, size // 2)
    total, counted = 0.0, 1
    start = 0
    while counted < len(ids):
        window = torch.tensor([ids[start : start + size + 1]])
        losses = F.cross_entropy(model(window[:, :-1])[0].float(), window[0, 1:], reduction="none")
        # losses[i] belongs to token start + i + 1; skip those counted in the window before.
        total += float(losses[counted - start - 1 :].sum())
        counted = start + window.shape[1]
        start += stride
    return total / math.log(2)
