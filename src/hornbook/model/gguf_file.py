"""GGUF, the container of llama.cpp: architecture `phi2`, which has phi-1's block (phi-1 2.3).

The gguf package writes it (extra `interchange`). Query, key and value are merged in this order, each
by heads; matrices are stored as asked, norms and biases in float32, as llama.cpp adds them. Rows
that stand for no token are left out, so llama.cpp can't sample one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hornbook.errors import ConfigError
from hornbook.model.config import ModelSettings
from hornbook.model.huggingface import NORM_EPS, ROTARY_BASE
from hornbook.model.tensor_file import converted
from hornbook.model.tokenizer_file import TokenizerFile
from hornbook.model.traps import IDS_ONLY

ARCHITECTURE = "phi2"
SPLIT = "gpt-2"
_QKV = ("q_proj", "k_proj", "v_proj")
_OUTER = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.final_layernorm",
    "output": "lm_head",
}
_BLOCK = {
    "attn_norm": "input_layernorm",
    "attn_output": "self_attn.dense",
    "ffn_up": "mlp.fc1",
    "ffn_down": "mlp.fc2",
}
_VOCABULARY = ("model.embed_tokens.weight", "lm_head.weight", "lm_head.bias")


@dataclass(frozen=True)
class Container:
    """What goes into a file besides the weights."""

    shape: ModelSettings
    tokenizer: TokenizerFile
    dtype: str
    name: str
    ids_only: bool


def gguf_package() -> Any:
    """The gguf package. Raises `ConfigError` that says how to get it."""
    try:
        import gguf
    except ImportError as error:
        raise ConfigError(
            "--format gguf needs the gguf package; install it with: pip install"
            " 'hornbook[interchange]'"
        ) from error
    return gguf


def live_rows(
    shape: ModelSettings, tensors: Mapping[str, Tensor], tokens: int
) -> tuple[ModelSettings, dict[str, Tensor]]:
    """The model without the rows beyond its tokenizer: the same logits for every real token."""
    cut = {n: t[:tokens] if n in _VOCABULARY else t for n, t in tensors.items()}
    return shape.model_copy(update={"vocab_size": tokens}), cut


def as_stored(tensors: Mapping[str, Tensor], dtype: torch.dtype) -> dict[str, Tensor]:
    """Matrices in `dtype`, vectors in float32."""
    return {
        name: converted(tensor, dtype if tensor.dim() > 1 else torch.float32, name)
        for name, tensor in tensors.items()
    }


def container_tensors(
    shape: ModelSettings, tensors: Mapping[str, Tensor]
) -> Iterator[tuple[str, Tensor]]:
    """llama.cpp's names, and what they hold."""
    for theirs, ours in _OUTER.items():
        for kind in ("weight", "bias"):
            if f"{ours}.{kind}" in tensors:
                yield f"{theirs}.{kind}", tensors[f"{ours}.{kind}"]
    for layer in range(shape.layers):
        block = f"model.layers.{layer}"
        for kind in ("weight", "bias"):
            parts = [tensors[f"{block}.self_attn.{part}.{kind}"] for part in _QKV]
            yield f"blk.{layer}.attn_qkv.{kind}", torch.cat(parts)
            for theirs, ours in _BLOCK.items():
                yield f"blk.{layer}.{theirs}.{kind}", tensors[f"{block}.{ours}.{kind}"]


def write_gguf(path: Path, about: Container, tensors: Mapping[str, Tensor]) -> None:
    """Write `tensors`, which `as_stored` made, of a model that `live_rows` cut."""
    gguf = gguf_package()
    writer = gguf.GGUFWriter(path, ARCHITECTURE)
    _describe(gguf, writer, about)
    _describe_tokenizer(gguf, writer, about)
    for name, tensor in container_tensors(about.shape, tensors):
        data = tensor.contiguous()
        if data.dtype == torch.bfloat16:
            raw = data.view(torch.uint8).numpy()
            writer.add_tensor(name, raw, raw_dtype=gguf.GGMLQuantizationType.BF16)
        else:
            writer.add_tensor(name, data.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(gguf: Any, writer: Any, about: Container) -> None:
    shape, kinds = about.shape, gguf.LlamaFileType
    writer.add_name(about.name)
    if about.ids_only:
        writer.add_description(IDS_ONLY)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.hidden)
    writer.add_feed_forward_length(shape.inner)
    writer.add_block_count(shape.layers)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_eps(NORM_EPS)
    writer.add_rope_dimension_count(shape.rotary)
    writer.add_rope_freq_base(ROTARY_BASE)
    writer.add_vocab_size(shape.vocab_size)
    stored = {
        "float32": kinds.ALL_F32,
        "float16": kinds.MOSTLY_F16,
        "bfloat16": kinds.MOSTLY_BF16,
    }
    writer.add_file_type(stored[about.dtype])


def _describe_tokenizer(gguf: Any, writer: Any, about: Container) -> None:
    """Tokens, merges and marks. A text never begins with end-of-text by itself."""
    kinds, tokenizer = gguf.TokenType, about.tokenizer
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(SPLIT)
    writer.add_token_list([token.text for token in tokenizer.tokens])
    writer.add_token_types(
        [
            kinds.CONTROL if token.special else kinds.USER_DEFINED if token.added else kinds.NORMAL
            for token in tokenizer.tokens
        ]
    )
    writer.add_token_merges(list(tokenizer.merges))
    writer.add_bos_token_id(tokenizer.end_of_text)
    writer.add_eos_token_id(tokenizer.end_of_text)
    writer.add_pad_token_id(tokenizer.end_of_text)
    writer.add_add_bos_token(False)
