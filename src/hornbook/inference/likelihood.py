"""How many bits a model needs for a text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from hornbook.model.transformer import Phi
from hornbook.tokens.tokenizer import Tokenizer

BATCH = 8
"""Windows read at the same time; more of them only make larger tables of logits."""


@dataclass(frozen=True)
class Window:
    """A stretch of one text's tokens, of which those from `first` on are counted."""

    text: int
    ids: list[int]
    first: int


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
    mark = tokenizer.end_of_text
    windows = [
        window
        for text, ids in enumerate(tokenizer.encode_batch(texts))
        for window in windows_of(text, [mark, *ids, mark], model.settings.context)
    ]
    # Windows of one length share a batch, so little is padded.
    windows.sort(key=lambda window: len(window.ids))
    totals = torch.zeros(len(texts), dtype=torch.float64)
    for start in range(0, len(windows), BATCH):
        batch = windows[start : start + BATCH]
        owners, losses = _read(model, batch, tokenizer)
        totals.index_add_(0, owners, losses.double())
        on_done(start + len(batch), len(windows))
    return [float(total) / math.log(2) for total in totals]


def windows_of(text: int, ids: list[int], context: int) -> list[Window]:
    """Windows of `context` + 1 tokens that count every token but the first exactly once.

    >>> [(w.ids, w.first) for w in windows_of(0, [9, 1, 2, 3, 4, 5], context=4)]
    [([9, 1, 2, 3, 4], 1), ([2, 3, 4, 5], 3)]
    """
    stride = max(1, context // 2)
    windows, counted, start = [], 1, 0
    while counted < len(ids):
        piece = ids[start : start + context + 1]
        windows.append(Window(text, piece, counted - start))
        counted = start + len(piece)
        start += stride
    return windows


def _read(
    model: Phi, batch: Sequence[Window], tokenizer: Tokenizer
) -> tuple[torch.Tensor, torch.Tensor]:
    """(the text [N], the nats [N]) of every counted token."""
    longest = max(len(window.ids) for window in batch)
    # What stands after a window's end changes nothing before it.
    padded = [w.ids + [tokenizer.end_of_text] * (longest - len(w.ids)) for w in batch]
    ids_BT = torch.tensor(padded)
    places = [(row, at) for row, w in enumerate(batch) for at in range(w.first, len(w.ids))]
    rows, at = torch.tensor(places).unbind(1)
    states_ND = model.hidden(ids_BT[:, :-1])[rows, at - 1]
    logits_NV = model.lm_head(states_ND)[:, : tokenizer.vocab_size].float()
    losses = functional.cross_entropy(logits_NV, ids_BT[rows, at], reduction="none")
    return torch.tensor([w.text for w in batch])[rows], losses
