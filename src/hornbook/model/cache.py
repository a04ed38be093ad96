"""What a model remembers of the positions it has read, so that going on costs one position.

Legend of tensor names: B sequences, T new positions, S all positions so far, H heads, K head size.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hornbook.model.config import ModelSettings


class Cache:
    """Keys and values of the positions already read: per layer [B, H, S, K]."""

    def __init__(
        self, settings: ModelSettings, batch: int, length: int, dtype: torch.dtype
    ) -> None:
        shape = (settings.layers, 2, batch, settings.heads, length, settings.head_size)
        self.store = torch.zeros(shape, dtype=dtype)

    def extend(
        self, layer: int, start: int, k_BHTK: Tensor, v_BHTK: Tensor
    ) -> tuple[Tensor, Tensor]:
        stop = start + k_BHTK.shape[2]
        self.store[layer, 0, :, :, start:stop] = k_BHTK
        self.store[layer, 1, :, :, start:stop] = v_BHTK
        return self.store[layer, 0, :, :, :stop], self.store[layer, 1, :, :, :stop]

    def keep(self, rows: Tensor) -> None:
        """Forget all sequences but `rows`."""
        self.store = self.store[:, :, rows]


class Past:
    """Where new positions stand: after `start` cached ones, some of them padding.

    `padding` [B] counts each sequence's leading padding positions, so that a batch of prompts of
    different lengths rotates and attends as if each stood alone.
    """

    def __init__(self, cache: Cache, start: int, padding: Tensor) -> None:
        self.cache, self.start, self.padding = cache, start, padding

    def mask(self, length: int) -> Tensor:
        """Who may look at whom: bool [B, 1, T, S]."""
        total = self.start + length
        seen_S, new_T = torch.arange(total), torch.arange(self.start, total)
        causal_TS = seen_S[None, :] <= new_T[:, None]
        real_BS = seen_S[None, :] >= self.padding[:, None]
        mask = causal_TS[None, None] & real_BS[:, None, None]
        # A padding position sees itself, for a row of nothing but False has no softmax.
        return mask | (seen_S[None, :] == new_T[:, None])[None, None]

    def positions(self, length: int) -> Tensor:
        """[B, T], counted from each sequence's first real token."""
        places = torch.arange(self.start, self.start + length)[None, :] - self.padding[:, None]
        return places.clamp(min=0)
