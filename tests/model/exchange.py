"""What the tests of import and export share: models, old layouts, folders, the library's model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import PhiConfig, PhiForCausalLM

from hornbook.model import ModelSettings
from hornbook.model.exports import Export, export_model
from hornbook.model.huggingface import config_of
from hornbook.model.tensor_file import write_tensors
from hornbook.model.transformer import Phi
from hornbook.model.weights import save_model
from tests.tiny_model import random_model, tokenizer

WIDE = ModelSettings(
    layers=2, hidden=32, heads=2, rotary=8, inner=128, context=64, vocab_size=320
)  # fmt: skip
"""As `tiny_model.SHAPE`, with the inner width of a phi model: four times the hidden one."""


def model_folder(folder: Path, model: Phi | None = None) -> Path:
    """A model of ours with the tiny tokenizer beside it."""
    save_model(folder, model or random_model(0, WIDE))
    tokenizer().save(folder / "tokenizer.json")
    return folder


def exported(model: Path, out: Path, form: str = "hf", **options: Any) -> Path:
    """`model` exported to `out`, without a card unless asked for."""
    wanted: dict[str, Any] = {"tokenizer": model / "tokenizer.json", "card": False, **options}
    export_model(Export(model=model, out=out, form=form, name="tiny", **wanted))
    return out


def weights_of(
    shape: ModelSettings = WIDE, dtype: torch.dtype = torch.float32
) -> dict[str, Tensor]:
    return {n: t.to(dtype) for n, t in random_model(0, shape).state_dict().items()}


def library_model(shape: ModelSettings, tensors: Mapping[str, Tensor]) -> PhiForCausalLM:
    """transformers' own model with these weights, in float32."""
    model = PhiForCausalLM(PhiConfig(**config_of(shape, "float32", 0)))
    model.load_state_dict(dict(tensors))
    return model.eval()


def hf_folder(folder: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> Path:
    folder.mkdir(parents=True)
    write_tensors(folder / "model.safetensors", tensors)
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def new_config(shape: ModelSettings = WIDE, **changes: Any) -> dict[str, Any]:
    """A `config.json` as the hub has them; a change to None takes a key away."""
    config = {**config_of(shape, "float32", 0), **changes}
    return {key: value for key, value in config.items() if value is not None}


def old_config(kind: str, shape: ModelSettings = WIDE, **changes: Any) -> dict[str, Any]:
    """A `config.json` as the first releases had them."""
    config: dict[str, Any] = {
        "model_type": kind,
        "n_embd": shape.hidden,
        "n_head": shape.heads,
        "n_layer": shape.layers,
        "n_positions": shape.context,
        "n_inner": None,
        "rotary_dim": shape.rotary,
        "vocab_size": shape.vocab_size,
        "layer_norm_epsilon": 1e-05,
        "activation_function": "gelu_new",
        "tie_word_embeddings": False,
    }
    if kind == "mixformer-sequential":
        config["architecture"] = {"block_cls": "parallel", "mixer": {}, "mlp": {"mlp_cls": "mlp"}}
        config["pad_vocab_size_multiple"] = 64
    return {**config, **changes}


def old_names(tensors: Mapping[str, Tensor], kind: str, layers: int) -> dict[str, Tensor]:
    """The same weights as a first release named and merged them."""
    mixformer = kind == "mixformer-sequential"
    head = f"layers.{layers + 1}" if mixformer else "lm_head"
    outer = {
        "layers.0.wte" if mixformer else "transformer.embd.wte": "model.embed_tokens",
        f"{head}.ln": "model.final_layernorm",
        f"{head}.linear": "lm_head",
    }
    found = {
        f"{old}.{kind_}": tensors[f"{new}.{kind_}"]
        for old, new in outer.items()
        for kind_ in ("weight", "bias")
        if f"{new}.{kind_}" in tensors
    }
    for i in range(layers):
        old, new = f"layers.{i + 1}" if mixformer else f"transformer.h.{i}", f"model.layers.{i}"
        for kind_ in ("weight", "bias"):
            thirds = [tensors[f"{new}.self_attn.{p}_proj.{kind_}"] for p in "qkv"]
            found[f"{old}.mixer.Wqkv.{kind_}"] = torch.cat(thirds)
            found[f"{old}.mixer.out_proj.{kind_}"] = tensors[f"{new}.self_attn.dense.{kind_}"]
            found[f"{old}.ln.{kind_}"] = tensors[f"{new}.input_layernorm.{kind_}"]
            for part in ("fc1", "fc2"):
                found[f"{old}.mlp.{part}.{kind_}"] = tensors[f"{new}.mlp.{part}.{kind_}"]
    return found


def fused_logits(tensors: Mapping[str, Tensor], shape: ModelSettings, ids_BT: Tensor) -> Tensor:
    """What the first release computed from `Wqkv`, layers.* names: one product, viewed as
    [B, T, 3, H, K] (flash-attention's order), in float64."""
    t = {name: tensor.double() for name, tensor in tensors.items()}
    half, size = shape.rotary // 2, shape.head_size
    angles_TR = torch.outer(
        torch.arange(ids_BT.shape[1], dtype=torch.float64),
        10_000.0 ** -(torch.arange(half, dtype=torch.float64) / half),
    )
    turns = torch.polar(torch.ones_like(angles_TR), angles_TR)[None, :, None]

    def linear(x: Tensor, name: str) -> Tensor:
        return x @ t[f"{name}.weight"].T + t[f"{name}.bias"]

    def norm(x: Tensor, name: str) -> Tensor:
        centred = x - x.mean(-1, keepdim=True)
        spread = (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()
        return centred / spread * t[f"{name}.weight"] + t[f"{name}.bias"]

    def turned(x_BTHK: Tensor) -> Tensor:
        pairs = torch.complex(x_BTHK[..., :half], x_BTHK[..., half : 2 * half]) * turns
        return torch.cat([pairs.real, pairs.imag, x_BTHK[..., 2 * half :]], -1)

    x = t["layers.0.wte.weight"][ids_BT]
    for i in range(1, shape.layers + 1):
        normed = norm(x, f"layers.{i}.ln")
        q, k, v = linear(normed, f"layers.{i}.mixer.Wqkv").unflatten(-1, (3, -1, size)).unbind(2)
        scores = torch.einsum("bthk,bshk->bhts", turned(q), turned(k)) / size**0.5
        seen = torch.ones(scores.shape[-2:]).tril().bool()
        mixed = scores.masked_fill(~seen, -torch.inf).softmax(-1)
        out = torch.einsum("bhts,bshk->bthk", mixed, v).flatten(2)
        inner = linear(normed, f"layers.{i}.mlp.fc1")
        inner = (
            0.5 * inner * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (inner + 0.044715 * inner**3)))
        )
        x = x + linear(out, f"layers.{i}.mixer.out_proj") + linear(inner, f"layers.{i}.mlp.fc2")
    last = f"layers.{shape.layers + 1}"
    return linear(norm(x, f"{last}.ln"), f"{last}.linear")
