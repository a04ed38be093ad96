"""Muon: momentum whose directions are made equally strong, for the blocks' matrices (Jordan 2024).

A step turns each matrix's momentum into a nearly orthogonal one by a few Newton-Schulz iterations.
Small models have dozens of matrices of few shapes, and on a processor calling a product costs more
than computing it, so all matrices of one shape are turned together: about three times faster than
one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

MOMENTUM = 0.95
ITERATIONS = 5
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic that pulls singular values towards 1, as published with Muon."""
_TINY = 1e-7


class Muon(torch.optim.Optimizer):
    """Matrices alone; Nesterov momentum, decoupled weight decay.

    `compute` is the format of the iterations; bfloat16 is enough for them where the processor has
    it. Rates mean what they do in `torch.optim.Muon` with its default adjustment.
    """

    def __init__(
        self,
        weights: Iterable[Tensor],
        lr: float,
        weight_decay: float,
        compute: torch.dtype = torch.bfloat16,
    ) -> None:
        super().__init__(weights, {"lr": lr, "weight_decay": weight_decay})
        self.compute = compute

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[Tensor]] = {}
            for weight in group["params"]:
                if weight.grad is not None:
                    by_shape.setdefault(weight.shape, []).append(weight)
            for shape, weights in by_shape.items():
                turned_NRC = orthogonal(self._directions(weights).to(self.compute))
                rate = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                for weight, turned_RC in zip(weights, turned_NRC, strict=True):
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    weight.add_(turned_RC.to(weight.dtype), alpha=-rate)

    def _directions(self, weights: list[Tensor]) -> Tensor:
        """Nesterov momentum of matrices of one shape, [N, R, C]."""
        gradients = [w.grad for w in weights if w.grad is not None]
        memories = []
        for weight in weights:
            state = self.state[weight]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(weight)
            memories.append(state["momentum"])
        torch._foreach_lerp_(memories, gradients, 1 - MOMENTUM)
        return torch.stack(gradients).lerp_(torch.stack(memories), MOMENTUM)


def orthogonal(matrices_NRC: Tensor) -> Tensor:
    """Matrices with the same singular directions and singular values near 1.

    >>> turned = orthogonal(torch.diag(torch.tensor([5.0, 0.5]))[None])
    >>> bool(((turned[0].diag() > 0.6) & (turned[0].diag() < 1.3)).all())
    True
    """
    a, b, c = COEFFICIENTS
    tall = matrices_NRC.shape[1] > matrices_NRC.shape[2]
    x = matrices_NRC.mT if tall else matrices_NRC
    x = x / (x.norm(dim=(1, 2), keepdim=True) + _TINY)
    for _ in range(ITERATIONS):
        gram = torch.bmm(x, x.mT)
        mixed = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        x = torch.baddbmm(x, mixed, x, beta=a)
    return x.mT if tall else x
