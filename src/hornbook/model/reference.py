"""The same function a second time, in float64: what rounding errors are measured against.

Written apart from `transformer.py` on purpose, plain, without its attention, its rotary table and
its modules, and one block at a time: float64 weights of a model of 1.3 billion parameters would
take 11 GB, those of one block take 0.4 GB.

Legend: B sequences, T and S positions, D hidden, H heads, K head size, R rotary, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from hornbook.model.config import ModelSettings
from hornbook.model.huggingface import NORM_EPS, ROTARY_BASE


def reference_logits(shape: ModelSettings, tensors: Mapping[str, Tensor], ids_BT: Tensor) -> Tensor:
    """Logits [B, T, V] in float64, the rotary angles included (phi-1 2.3)."""
    x_BTD = tensors["model.embed_tokens.weight"][ids_BT].double()
    for layer in range(shape.layers):
        x_BTD = _block(shape, tensors, f"model.layers.{layer}", x_BTD)
    x_BTD = _norm(tensors, "model.final_layernorm", x_BTD)
    return _linear(tensors, "lm_head", x_BTD)


def _block(shape: ModelSettings, tensors: Mapping[str, Tensor], name: str, x_BTD: Tensor) -> Tensor:
    normed = _norm(tensors, f"{name}.input_layernorm", x_BTD)
    inner = functional.gelu(_linear(tensors, f"{name}.mlp.fc1", normed), approximate="tanh")
    attended = _attention(shape, tensors, f"{name}.self_attn", normed)
    return attended + _linear(tensors, f"{name}.mlp.fc2", inner) + x_BTD


def _attention(
    shape: ModelSettings, tensors: Mapping[str, Tensor], name: str, x_BTD: Tensor
) -> Tensor:
    q, k, v = (
        _linear(tensors, f"{name}.{part}", x_BTD).view(*x_BTD.shape[:2], shape.heads, -1)
        for part in ("q_proj", "k_proj", "v_proj")
    )
    q, k = _rotated(shape, q), _rotated(shape, k)
    scores_BHTS = torch.einsum("bthk,bshk->bhts", q, k) / shape.head_size**0.5
    future_TS = torch.ones(scores_BHTS.shape[-2:], dtype=torch.bool).triu(1)
    weights_BHTS = scores_BHTS.masked_fill(future_TS, -torch.inf).softmax(dim=-1)
    return _linear(
        tensors, f"{name}.dense", torch.einsum("bhts,bshk->bthk", weights_BHTS, v).flatten(2)
    )


def _rotated(shape: ModelSettings, x_BTHK: Tensor) -> Tensor:
    """Dimension i of the first R turns with i + R/2, by position x base^(-2i/R)."""
    half = shape.rotary // 2
    speeds = ROTARY_BASE ** (-torch.arange(half, dtype=torch.float64) / half)
    angles_T1R = torch.outer(torch.arange(x_BTHK.shape[1], dtype=torch.float64), speeds)[:, None]
    first, second, still = x_BTHK.tensor_split([half, 2 * half], dim=-1)
    cos, sin = angles_T1R.cos(), angles_T1R.sin()
    return torch.cat([first * cos - second * sin, second * cos + first * sin, still], dim=-1)


def _norm(tensors: Mapping[str, Tensor], name: str, x_BTD: Tensor) -> Tensor:
    weight, bias = tensors[f"{name}.weight"].double(), tensors[f"{name}.bias"].double()
    return functional.layer_norm(x_BTD, x_BTD.shape[-1:], weight, bias, NORM_EPS)


def _linear(tensors: Mapping[str, Tensor], name: str, x_BTD: Tensor) -> Tensor:
    weight, bias = tensors[f"{name}.weight"].double(), tensors[f"{name}.bias"].double()
    return functional.linear(x_BTD, weight, bias)
