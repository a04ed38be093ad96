"""Cross-entropy of the head, a hundred positions at a time.

With 8192 words, the logits of one step are larger than all weights together; making, reading and
dropping them takes longer than the head's products. Here each piece of positions is turned into
its gradient while it is still in the processor's cache, so the whole table never exists in float32.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

PIECE = 128
"""Positions whose logits are made at a time: 128 x 8192 in float32 are 4 MiB, near the processor."""
BLOCK = 1024
"""Positions whose gradients of logits are kept at a time, in the states' format, for one product."""


def head_loss(
    states_ND: Tensor, head: nn.Linear, targets_N: Tensor, scale: float
) -> tuple[Tensor, Tensor]:
    """(`scale` times the sum of the cross-entropies of `head(states)`, each of them [N] in nats).

    Both in float32; only the sum has a gradient.

    >>> head = nn.Linear(2, 3)
    >>> states, targets = torch.ones(4, 2), torch.tensor([0, 1, 2, 0])
    >>> whole = functional.cross_entropy(head(states), targets)
    >>> bool(torch.isclose(head_loss(states, head, targets, 1 / 4)[0], whole))
    True
    """
    loss: tuple[Tensor, Tensor] = _HeadLoss.apply(  # type: ignore[no-untyped-call]
        states_ND, head.weight, head.bias, targets_N, scale
    )
    return loss


def token_losses(states_ND: Tensor, head: nn.Linear, targets_N: Tensor) -> Tensor:
    """The cross-entropies alone, [N] in nats, a few positions at a time."""
    losses_N = torch.empty(len(states_ND), dtype=torch.float32)
    for first in range(0, len(states_ND), PIECE):
        piece = slice(first, first + PIECE)
        logits_NV = head(states_ND[piece]).float()
        losses_N[piece] = functional.cross_entropy(logits_NV, targets_N[piece], reduction="none")
    return losses_N


class _HeadLoss(torch.autograd.Function):
    """The gradients are made on the way forward; the way back only hands them out."""

    @staticmethod
    def forward(
        ctx: Any,
        states_ND: Tensor,
        weight_VD: Tensor,
        bias_V: Tensor,
        targets_N: Tensor,
        scale: float,
    ) -> tuple[Tensor, Tensor]:
        d_states = torch.empty_like(states_ND)
        # Sums over blocks stay in float32 whatever the weights' format is.
        d_weight = torch.zeros_like(weight_VD, dtype=torch.float32)
        d_bias = torch.zeros_like(bias_V, dtype=torch.float32)
        losses_N = torch.empty(len(states_ND), dtype=torch.float32)
        rows = min(BLOCK, len(states_ND))
        kept_NV = states_ND.new_empty(rows, len(weight_VD))
        for first in range(0, len(states_ND), BLOCK):
            block = states_ND[first : first + BLOCK]
            d_logits_NV = kept_NV[: len(block)]
            for start in range(0, len(block), PIECE):
                piece, at = slice(start, start + PIECE), first + start
                logits_NV = functional.linear(block[piece], weight_VD, bias_V)
                targets = targets_N[at : at + len(logits_NV), None]
                table_NV = torch.log_softmax(logits_NV, dim=-1, dtype=torch.float32)
                losses_N[at : at + len(targets)] = -table_NV.gather(1, targets)[:, 0]
                # d loss / d logits = softmax - one-hot
                table_NV.exp_().scatter_add_(
                    1, targets, torch.full_like(targets, -1, dtype=torch.float32)
                )
                table_NV.mul_(scale)
                d_bias += table_NV.sum(dim=0)
                d_logits_NV[piece] = table_NV
            torch.mm(d_logits_NV, weight_VD, out=d_states[first : first + BLOCK])
            d_weight += d_logits_NV.t() @ block
        ctx.save_for_backward(d_states, d_weight.to(weight_VD.dtype), d_bias.to(bias_V.dtype))
        ctx.mark_non_differentiable(losses_N)
        return (losses_N.sum(dtype=torch.float64) * scale).float(), losses_N

    @staticmethod
    def backward(ctx: Any, *up: Tensor) -> tuple[Tensor | None, ...]:
        d_states, d_weight, d_bias = ctx.saved_tensors
        if not bool(up[0] == 1):
            d_states, d_weight, d_bias = d_states * up[0], d_weight * up[0], d_bias * up[0]
        return d_states, d_weight, d_bias, None, None
