from __future__ import annotations

from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st
from transformers import GenerationConfig, PhiConfig

from hornbook.model import PRESETS, ModelSettings
from hornbook.model.huggingface import config_of, generation_of, layout_of, shape_of

WHERE = Path("config.json")


@given(
    layers=st.integers(1, 256),
    heads=st.integers(1, 64),
    size=st.integers(2, 256),
    part=st.integers(1, 128),
    inner=st.integers(16, 20_000),
    context=st.integers(8, 65_536),
    rows=st.integers(64, 65_536),
)
def test_a_shape_comes_back_from_the_configuration_it_becomes(
    layers: int, heads: int, size: int, part: int, inner: int, context: int, rows: int
) -> None:
    """For us and for the library, wherever the rotary width survives being a factor."""
    rotary = 2 * part
    assume(rotary <= size and heads * size >= 16)
    assume(int(size * (rotary / size)) == rotary)
    shape = ModelSettings(
        layers=layers, hidden=heads * size, heads=heads, rotary=rotary,
        inner=inner, context=context, vocab_size=rows,
    )  # fmt: skip
    config = config_of(shape, "bfloat16", 7)
    assert shape_of(config, WHERE) == shape
    theirs = PhiConfig(**config).to_dict()
    assert shape_of(theirs, WHERE) == shape


def test_the_published_configurations_are_phi_1s() -> None:
    """Today's, and that of the first release, as they stand on the hub, give one shape."""
    today = {
        "architectures": ["PhiForCausalLM"],
        "attention_dropout": 0.0,
        "bos_token_id": None,
        "embd_pdrop": 0.0,
        "eos_token_id": None,
        "hidden_act": "gelu_new",
        "hidden_size": 2048,
        "initializer_range": 0.02,
        "intermediate_size": 8192,
        "layer_norm_eps": 1e-05,
        "max_position_embeddings": 2048,
        "model_type": "phi",
        "num_attention_heads": 32,
        "num_hidden_layers": 24,
        "num_key_value_heads": None,
        "partial_rotary_factor": 0.5,
        "qk_layernorm": False,
        "resid_pdrop": 0.0,
        "rope_scaling": None,
        "rope_theta": 10000.0,
        "tie_word_embeddings": False,
        "torch_dtype": "float16",
        "use_cache": True,
        "vocab_size": 51200,
    }
    first = {
        "activation_function": "gelu_new",
        "architecture": {"block_cls": "parallel", "mixer": {}, "mlp": {"mlp_cls": "mlp"}},
        "architectures": ["MixFormerSequentialForCausalLM"],
        "embd_layer": "default",
        "embd_pdrop": 0.0,
        "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05,
        "model_type": "mixformer-sequential",
        "n_embd": 2048,
        "n_head": 32,
        "n_inner": None,
        "n_layer": 24,
        "n_positions": 2048,
        "resid_pdrop": 0.0,
        "rotary_dim": 32,
        "tie_word_embeddings": False,
        "vocab_size": 51200,
    }
    assert shape_of(today, WHERE) == shape_of(first, WHERE) == PRESETS["phi-1"]
    assert layout_of(first, WHERE) == "mixformer-sequential"


def test_the_library_reads_the_marks_and_the_rows_to_leave_out() -> None:
    """As its own settings of generation."""
    about = GenerationConfig(**generation_of(50_256, 50_295, 51_200))
    assert (about.bos_token_id, about.eos_token_id, about.pad_token_id) == (50_256,) * 3
    assert about.suppress_tokens == list(range(50_295, 51_200))
    assert GenerationConfig(**generation_of(0, 300, 300)).suppress_tokens is None
