from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from hornbook.model import ModelSettings
from hornbook.model.numerics import Subject, measure, native_logits, page, token_ids
from hornbook.model.numerics import transformers_logits as library_logits
from hornbook.model.reference import reference_logits
from hornbook.model.transformer import Phi
from tests.model.exchange import WIDE, exported, model_folder

FP32_BOUND = 5e-6
"""Times the logits' standard deviation, where that is above 1."""
BF16_FACTOR = 1.2

SMALL = ModelSettings(layers=2, hidden=32, heads=2, rotary=8, inner=128, context=64, vocab_size=320)
DEEP = ModelSettings(
    layers=12, hidden=128, heads=2, rotary=32, inner=512, context=64, vocab_size=1000
)
LONG = ModelSettings(
    layers=4, hidden=128, heads=2, rotary=32, inner=512, context=2048, vocab_size=500
)
ODD = ModelSettings(layers=3, hidden=96, heads=6, rotary=6, inner=100, context=80, vocab_size=777)


def drawn(shape: ModelSettings, scale: float, head: float, seed: int = 1) -> dict[str, Tensor]:
    """Weights of N(0, 0.02 x scale), the head's times `head`; norms and biases drawn as well."""
    random = torch.Generator().manual_seed(seed)
    model = Phi(shape).initialise(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2:
                parameter.mul_(head if name.startswith("lm_head") else scale)
            elif "layernorm.weight" in name:
                parameter.normal_(1.0, 0.2, generator=random)
            else:
                parameter.normal_(0.0, 0.02 * scale, generator=random)
    return dict(model.state_dict())


def subject(shape: ModelSettings, tensors: dict[str, Tensor], dtype: str = "float32") -> Subject:
    kind = getattr(torch, dtype)
    narrow = {name: tensor.to(kind) for name, tensor in tensors.items()}
    return Subject(shape, narrow, dtype, shape.vocab_size, 0)


GRID = [
    (shape, scale, head)
    for shape in (SMALL, DEEP, ODD, LONG)
    for scale in (1.0, 2.0, 4.0)
    for head in (0.5, 8.0, 150.0)
]


@pytest.mark.parametrize(("shape", "scale", "head"), GRID)
def test_logits_are_transformers_own_in_float32(
    shape: ModelSettings, scale: float, head: float
) -> None:
    """At most 5e-6 apart, times the logits' deviation where that is above 1; deviations here
    reach from 0.06 to 50, and positions to 2048."""
    about = subject(shape, drawn(shape, scale, head))
    ids = torch.randint(
        0, shape.vocab_size, (1, shape.context), generator=torch.Generator().manual_seed(3)
    )
    ours, theirs = native_logits(about, "float32", ids), library_logits(about, "float32", ids)
    assert theirs is not None
    assert (ours - theirs).abs().max() <= FP32_BOUND * max(1.0, theirs.std().item())


def test_where_a_model_magnifies_rounding_ours_is_as_near_as_theirs() -> None:
    """Weights eight times as large as at the start: both are far from float64, ours no farther."""
    shape = DEEP.model_copy(update={"hidden": 256, "heads": 4, "inner": 1024})
    about = subject(shape, drawn(shape, 8.0, 8.0))
    ids = token_ids(shape, shape.vocab_size)
    exact = reference_logits(shape, about.tensors, ids)
    theirs = library_logits(about, "float32", ids)
    assert theirs is not None
    ours_off = (native_logits(about, "float32", ids).double() - exact).abs().max()
    theirs_off = (theirs.double() - exact).abs().max()
    assert theirs_off > FP32_BOUND * exact.std()
    assert ours_off <= 1.2 * theirs_off


def test_the_grid_spans_small_and_large_logits() -> None:
    """From a tenth to thirty: a bound that holds for one size only would be seen."""
    spans = []
    for shape, scale, head in ((SMALL, 1.0, 0.5), (DEEP, 4.0, 150.0)):
        about = subject(shape, drawn(shape, scale, head))
        ids = token_ids(shape, shape.vocab_size)
        spans.append(native_logits(about, "float32", ids).std().item())
    assert spans[0] < 0.1
    assert spans[1] > 30


@pytest.mark.parametrize(("shape", "scale", "head"), GRID)
def test_bfloat16_is_as_near_to_float64_as_transformers(
    shape: ModelSettings, scale: float, head: float
) -> None:
    """Largest and mean error against float64 are at most 1.2 times the library's own."""
    about = subject(shape, drawn(shape, scale, head), "bfloat16")
    ids = token_ids(shape, shape.vocab_size)
    exact = reference_logits(shape, about.tensors, ids)
    theirs = library_logits(about, "bfloat16", ids)
    assert theirs is not None
    ours_off = (native_logits(about, "bfloat16", ids).double() - exact).abs()
    theirs_off = (theirs.double() - exact).abs()
    assert ours_off.mean() <= BF16_FACTOR * theirs_off.mean()
    assert ours_off.max() <= BF16_FACTOR * theirs_off.max()


@pytest.mark.parametrize("shape", [SMALL, DEEP, ODD])
def test_the_reference_is_the_transformer_in_float64(shape: ModelSettings) -> None:
    """Two programs for one function: in float32 they differ by rounding, a thousandth of what a
    wrong sign, pairing or scale would make."""
    about = subject(shape, drawn(shape, 2.0, 8.0))
    ids = token_ids(shape, shape.vocab_size)
    exact = reference_logits(shape, about.tensors, ids)
    assert exact.dtype == torch.float64
    error = (native_logits(about, "float32", ids).double() - exact).abs().max()
    assert 0 < error <= 1e-5 * max(1.0, exact.std().item())


def test_the_reference_is_exact() -> None:
    """transformers in float64, with a rotary table in float64, gives the same to 12 digits."""
    from tests.model.exchange import library_model

    tensors = drawn(DEEP, 2.0, 8.0)
    ids = token_ids(DEEP, DEEP.vocab_size)
    model = library_model(DEEP, tensors).double()
    half = DEEP.rotary // 2
    speeds = 10_000.0 ** -(torch.arange(half, dtype=torch.float64) / half)

    def table(x: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        angles = position_ids[..., None].double() * speeds
        return torch.cat([angles, angles], -1).cos(), torch.cat([angles, angles], -1).sin()

    model.model.rotary_emb.forward = table
    with torch.inference_mode():
        theirs = model(ids).logits
    exact = reference_logits(DEEP, tensors, ids)
    assert (theirs - exact).abs().max() < 1e-11


def test_a_card_tells_of_everyone_in_every_kind_of_number(tmp_path: Path) -> None:
    """Native and transformers, in float32 and in the export's numbers, with whose weights."""
    folder = exported(model_folder(tmp_path / "m"), tmp_path / "a", dtype="bfloat16", card=True)
    card = json.loads((folder / "numerics.json").read_text())
    rows = card["logits"]["errors"]
    assert [(row["who"], row["dtype"]) for row in rows] == [
        ("native", "float32"),
        ("native", "bfloat16"),
        ("transformers", "float32"),
        ("transformers", "bfloat16"),
    ]
    for row in rows:
        assert 0 < row["mean"] < row["max"]
        assert row["max"] < (1e-5 if row["dtype"] == "float32" else 0.2)
    assert card["parameters"] == WIDE.parameters
    assert card["dtype"] == "bfloat16"
    assert card["token_ids"]["sequences"] == 2
    assert len(card["weights"]["model.safetensors"]) == 64
    assert len(card["traps"]) == 4


def test_a_wrong_transformer_would_show_on_the_card() -> None:
    """Weights that are not those that were measured give an error of the logits' own size."""
    tensors = drawn(SMALL, 2.0, 8.0)
    about = subject(SMALL, tensors)
    ids = token_ids(SMALL, 320)
    exact = reference_logits(SMALL, tensors, ids)
    other = {**about.tensors, "model.layers.0.self_attn.q_proj.weight": torch.zeros(32, 32)}
    wrong = native_logits(subject(SMALL, other), "float32", ids)
    assert (wrong.double() - exact).abs().max() > 1e-3


def test_the_page_says_what_the_card_says() -> None:
    """One row a measurement; an absent library is told, not passed over."""
    about = subject(SMALL, drawn(SMALL, 2.0, 8.0))
    card = measure(about, {"w": "0" * 64}, ["a fact"])
    text = page(card)
    for row in card["logits"]["errors"]:
        assert f"| {row['who']} | {row['dtype']} | {row['max']:.3g} |" in text
    assert "- a fact" in text
    assert "not installed" not in text
    kept = [row for row in card["logits"]["errors"] if row["who"] == "native"]
    assert "not measured" in page({**card, "logits": {**card["logits"], "errors": kept}})
