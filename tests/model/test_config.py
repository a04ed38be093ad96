from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.model import PRESETS, ModelSettings
from hornbook.model.transformer import Phi
from tests.tiny_model import SHAPE


def counted(shape: ModelSettings) -> int:
    """The numbers of a model that is built, without memory for them."""
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in Phi(shape).parameters())


@pytest.mark.parametrize(
    ("preset", "parameters"),
    [("phi-1", 1_418_270_720), ("phi-1-small", 356_794_368), ("phi-1.5", 1_418_270_720)],
)
def test_the_presets_have_the_published_sizes(preset: str, parameters: int) -> None:
    """1.3 billion and 350 million, as a model that is really built counts them (phi-1 2.3)."""
    assert PRESETS[preset].parameters == counted(PRESETS[preset]) == parameters


def test_the_presets_have_the_published_shapes() -> None:
    """phi-1 2.3: layers, width, heads, and heads of 64 of which 32 dimensions rotate."""
    for name, wanted in {
        "phi-1": (24, 2048, 32, 8192),
        "phi-1-small": (20, 1024, 16, 4096),
    }.items():
        shape = PRESETS[name]
        assert (shape.layers, shape.hidden, shape.heads, shape.inner) == wanted
        assert (shape.head_size, shape.rotary, shape.context) == (64, 32, 2048)


@settings(max_examples=20)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(4, 9), st.integers(16, 70), st.integers(64, 99))  # fmt: skip
def test_the_formula_counts_what_is_built(
    layers: int, heads: int, half: int, inner: int, vocab: int
) -> None:
    """For any shape, embedding, head and biases included."""
    shape = ModelSettings(
        layers=layers, hidden=4 * heads * half, heads=heads, rotary=2, inner=inner, context=8,
        vocab_size=vocab,
    )  # fmt: skip
    assert shape.parameters == counted(shape)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heads": 3}, "hidden .32. must be a multiple of heads .3."),
        ({"rotary": 7}, "rotary .7. must be even"),
        ({"rotary": 18}, "at most hidden / heads .16."),
        ({"layers": 0}, "layers"),
        ({"layer": 2}, "did you mean `layers`"),
        ({"vocab_size": 70_000}, "vocab_size"),
        ({"preset": "phi-2"}, r"no preset `phi-2` .phi-1, phi-1-small, phi-1.5, mini-6m,"),
        ({"preset": ["phi-1"]}, r"no preset `\['phi-1'\]`"),
    ],
)
def test_a_shape_that_can_not_be_is_refused(changes: dict[str, Any], message: str) -> None:
    """With the numbers that don't fit together."""
    with pytest.raises(ConfigError, match=message):
        settings_from(ModelSettings, {**SHAPE.model_dump(), **changes}, "model")


def test_a_preset_may_have_numbers_of_ones_own() -> None:
    """What is not given is as in the preset, whose name leaves no trace."""
    found = settings_from(ModelSettings, {"preset": "phi-1", "layers": 2}, "model")
    assert found == PRESETS["phi-1"].model_copy(update={"layers": 2})
    assert "preset" not in found.model_dump()
