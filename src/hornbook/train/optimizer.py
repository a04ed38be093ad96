"""Optimizers as named in the settings, over float32 master weights."""

from __future__ import annotations

import torch
from torch import Tensor

from hornbook.train.config import PhaseSettings
from hornbook.train.muon import Muon
from hornbook.train.precision import compute_type


def build_optimizers(
    weights: dict[str, Tensor], phase: PhaseSettings
) -> dict[str, torch.optim.Optimizer]:
    """AdamW for all weights, or Muon for the blocks' matrices and AdamW for the rest.

    Norms and biases are decayed only where the settings say so.
    """
    hidden = {n: w for n, w in weights.items() if w.dim() == 2 and ".layers." in n}
    if phase.optimizer == "adamw":
        hidden = {}
    rest = {name: weight for name, weight in weights.items() if name not in hidden}
    vectors = phase.weight_decay if phase.decay == "all" else 0.0
    groups = [
        {"params": [w for w in rest.values() if w.dim() == 2], "weight_decay": phase.weight_decay},
        {"params": [w for w in rest.values() if w.dim() != 2], "weight_decay": vectors},
    ]
    built: dict[str, torch.optim.Optimizer] = {
        "adamw": torch.optim.AdamW(
            groups,
            lr=phase.learning_rate,
            betas=(phase.beta1, phase.beta2),
            eps=phase.epsilon,
            fused=True,
        )
    }
    if hidden:
        built["muon"] = Muon(
            hidden.values(), phase.muon_rate, phase.weight_decay, compute_type(phase.precision)
        )
    return built


def rate_at(step: int, steps: int, phase: PhaseSettings) -> float:
    """The share of the peak rate at a step: up in the warmup, then level or down to zero.

    >>> phase = PhaseSettings(tokens=4096, warmup=0.1)
    >>> [round(rate_at(s, 100, phase), 2) for s in (0, 9, 55, 99)]
    [0.1, 1.0, 0.49, 0.01]
    """
    warm = phase.warmup_steps
    if warm is None:
        warm = max(1, round(steps * phase.warmup))
    if step < warm:
        return (step + 1) / warm
    if phase.schedule == "constant":
        return 1.0
    return (steps - step) / (steps - warm + 1)


def set_rates(
    optimizers: dict[str, torch.optim.Optimizer], phase: PhaseSettings, share: float
) -> None:
    peaks = {"adamw": phase.learning_rate, "muon": phase.muon_rate}
    for name, optimizer in optimizers.items():
        for group in optimizer.param_groups:
            group["lr"] = peaks[name] * share


def state_tensors(optimizers: dict[str, torch.optim.Optimizer]) -> dict[str, Tensor]:
    """Every tensor the optimizers remember, under a flat name; lent, not copied."""
    found = {}
    for name, optimizer in optimizers.items():
        for index, memory in optimizer.state_dict()["state"].items():
            for key, value in memory.items():
                found[f"{name}.{index}.{key}"] = torch.as_tensor(value)
    return found


def restore_state(optimizers: dict[str, torch.optim.Optimizer], tensors: dict[str, Tensor]) -> None:
    """Put back what `state_tensors` gave. Tensors are copied: they may be views of a file that is to
    be removed."""
    for name, optimizer in optimizers.items():
        state: dict[int, dict[str, Tensor]] = {}
        for flat, value in tensors.items():
            owner, index, key = flat.split(".", 2)
            if owner == name:
                state.setdefault(int(index), {})[key] = value.clone()
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": state, "param_groups": groups})
