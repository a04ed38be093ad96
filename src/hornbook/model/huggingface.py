"""What the transformers library says about a phi model in JSON, read and written (phi-1 2.3).

Reading refuses whatever our transformer does not compute; a configuration that is silently close
gives a model that is silently wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hornbook.config import settings_from
from hornbook.errors import ConfigError, SourceError
from hornbook.model.config import ModelSettings
from hornbook.model.old_layouts import MIXFORMER, OLD, PHI

NORM_EPS, ROTARY_BASE = 1e-5, 10_000.0
GELU_TANH = ("gelu_new", "gelu_pytorch_tanh")
_NEW = {
    "layers": "num_hidden_layers",
    "hidden": "hidden_size",
    "heads": "num_attention_heads",
    "inner": "intermediate_size",
    "context": "max_position_embeddings",
    "vocab_size": "vocab_size",
}
_OLD = {
    "layers": "n_layer",
    "hidden": "n_embd",
    "heads": "n_head",
    "inner": "n_inner",
    "context": "n_positions",
    "vocab_size": "vocab_size",
    "rotary": "rotary_dim",
}


def layout_of(config: Mapping[str, Any], where: Path) -> str:
    """Which of the three layouts: `phi`, `phi-msft` or `mixformer-sequential`."""
    kind = config.get("model_type")
    if kind is None and "shape" in config:
        raise SourceError(f"{where}: a model of this program already; there is nothing to import")
    if kind not in (PHI, *OLD):
        raise SourceError(
            f"{where}: `model_type` is {kind!r}; models of {PHI}, {' and '.join(OLD)} are read"
        )
    return str(kind)


def shape_of(config: Mapping[str, Any], where: Path) -> ModelSettings:
    """The shape that a `config.json` describes.

    Raises `SourceError` that names the file and the key for a missing one and for whatever this
    transformer does not compute.
    """
    old = layout_of(config, where) in OLD
    _refuse_others(config, where, old)
    table: dict[str, Any] = {}
    for ours, theirs in (_OLD if old else _NEW).items():
        table[ours] = config.get(theirs)
        if old and ours == "inner" and table[ours] is None:
            table[ours] = 4 * int(table["hidden"])
        if type(table[ours]) is not int:
            raise SourceError(f"{where}: `{theirs}` is {table[ours]!r}, not a whole number")
    if old:
        table["vocab_size"] = _padded(table["vocab_size"], config)
    elif table["heads"] > 0:
        table["rotary"] = _rotary(config, table["hidden"] // table["heads"], where)
    try:
        return settings_from(ModelSettings, table, str(where))
    except ConfigError as error:
        raise SourceError(str(error)) from error


def _padded(rows: int, config: Mapping[str, Any]) -> int:
    """The first release rounded the rows of the embedding up itself."""
    multiple = config.get("pad_vocab_size_multiple") or 1
    if config.get("model_type") != MIXFORMER or type(multiple) is not int or multiple < 1:
        return rows
    return -(-rows // multiple) * multiple


def _rotary(config: Mapping[str, Any], head_size: int, where: Path) -> int:
    """Dimensions of a head that rotate; the factor has stood in two places."""
    inside = _object(config, "rope_parameters").get("partial_rotary_factor")
    found = [f for f in (config.get("partial_rotary_factor"), inside) if f is not None]
    if len(found) > 1 and found[0] != found[1]:
        raise SourceError(
            f"{where}: `partial_rotary_factor` and `rope_parameters.partial_rotary_factor` differ"
        )
    factor = found[0] if found else 0.5
    if not isinstance(factor, int | float) or not 0 < factor <= 1:
        raise SourceError(f"{where}: `partial_rotary_factor` is {factor!r}, not a part of 1")
    return int(head_size * factor)


def _refuse_others(config: Mapping[str, Any], where: Path, old: bool) -> None:
    """Every key that changes the function must say what our transformer does."""
    for key, value, right in _functional(config, old):
        if value is not None and value not in right:
            wanted = " or ".join(repr(each) for each in right)
            raise SourceError(
                f"{where}: `{key}` is {value!r}; only models with {wanted} are read here"
            )


def _functional(config: Mapping[str, Any], old: bool) -> list[tuple[str, Any, tuple[Any, ...]]]:
    """(key, its value, the values our transformer computes)."""
    found: list[tuple[str, Any, tuple[Any, ...]]] = [
        ("tie_word_embeddings", config.get("tie_word_embeddings"), (False,)),
        ("quantization_config", config.get("quantization_config"), (None,)),
    ]
    if old:
        parts = _object(config, "architecture")
        mixer, mlp = _object(parts, "mixer"), _object(parts, "mlp")
        return [
            *found,
            ("n_head_kv", config.get("n_head_kv"), (config.get("n_head"),)),
            ("activation_function", config.get("activation_function"), GELU_TANH),
            ("layer_norm_epsilon", config.get("layer_norm_epsilon"), (NORM_EPS,)),
            ("architecture.block_cls", parts.get("block_cls"), ("parallel",)),
            ("architecture.mixer.rotary_base", mixer.get("rotary_base"), (ROTARY_BASE,)),
            ("architecture.mlp.mlp_cls", mlp.get("mlp_cls"), ("mlp", "fused_mlp")),
        ]
    rope, scaling = _object(config, "rope_parameters"), config.get("rope_scaling")
    heads, hidden = config.get("num_attention_heads"), config.get("hidden_size")
    whole = type(heads) is int and heads > 0 and type(hidden) is int
    size = hidden // heads if whole else None  # type: ignore[operator]
    return [
        *found,
        ("num_key_value_heads", config.get("num_key_value_heads"), (heads,)),
        ("head_dim", config.get("head_dim"), (size,)),
        ("qk_layernorm", config.get("qk_layernorm"), (False,)),
        ("hidden_act", config.get("hidden_act"), GELU_TANH),
        ("layer_norm_eps", config.get("layer_norm_eps"), (NORM_EPS,)),
        ("rope_theta", config.get("rope_theta"), (ROTARY_BASE,)),
        ("rope_scaling", scaling, (None,)),
        ("rope_parameters.rope_theta", rope.get("rope_theta"), (ROTARY_BASE,)),
        ("rope_parameters.rope_type", rope.get("rope_type"), ("default",)),
        ("rope_parameters.factor", rope.get("factor"), (1.0,)),
    ]


def _object(config: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = config.get(key)
    return value if isinstance(value, dict) else {}


def config_of(shape: ModelSettings, dtype: str, end_of_text: int) -> dict[str, Any]:
    """`config.json` for `PhiForCausalLM`.

    The library's own defaults would stop at token 2, which is `#` in GPT-2's vocabulary. The rotary
    factor stands where version 5 reads it and where earlier ones and vLLM do.
    """
    factor = shape.rotary / shape.head_size
    return {
        "architectures": ["PhiForCausalLM"],
        "model_type": PHI,
        **{theirs: getattr(shape, ours) for ours, theirs in _NEW.items()},
        "num_key_value_heads": shape.heads,
        "hidden_act": "gelu_new",
        "layer_norm_eps": NORM_EPS,
        "partial_rotary_factor": factor,
        "rope_theta": ROTARY_BASE,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": ROTARY_BASE,
            "partial_rotary_factor": factor,
        },
        "qk_layernorm": False,
        "tie_word_embeddings": False,
        "resid_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "attention_dropout": 0.0,
        "initializer_range": 0.02,
        "use_cache": True,
        "dtype": dtype,
        "torch_dtype": dtype,
        **_marks(end_of_text),
    }


def generation_of(end_of_text: int, live: int, rows: int) -> dict[str, Any]:
    """`generation_config.json`: where to stop, and which rows stand for no token."""
    dead = list(range(live, rows))
    return {**_marks(end_of_text), **({"suppress_tokens": dead} if dead else {})}


def _marks(end_of_text: int) -> dict[str, int]:
    return {f"{mark}_token_id": end_of_text for mark in ("bos", "eos", "pad")}


def tokenizer_config_of(context: int, end_of_text: str) -> dict[str, Any]:
    """`tokenizer_config.json`. The plain class takes `tokenizer.json` as it is.

    A class made for GPT-2 would put its own split pattern in place of the file's.
    """
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": context,
        "clean_up_tokenization_spaces": False,
        **special_tokens_of(end_of_text),
    }


def special_tokens_of(end_of_text: str) -> dict[str, str]:
    """`special_tokens_map.json`, for versions of the library before 5."""
    return {f"{mark}_token": end_of_text for mark in ("bos", "eos", "pad", "unk")}
