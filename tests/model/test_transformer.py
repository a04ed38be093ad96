from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from hornbook.model.cache import Cache, Past
from hornbook.model.transformer import Phi, attend, rotary_table, rotate
from tests.tiny_model import SHAPE, random_model

MODEL = random_model()
Array = np.ndarray[Any, np.dtype[np.float64]]


def draw(batch: int, length: int, seed: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, SHAPE.vocab_size, (batch, length), generator=generator)


class Reference:
    """The block of phi-1 for one sequence, written from the papers with plain arrays."""

    def __init__(self, model: Phi) -> None:
        self.weights = {n: p.detach().double().numpy() for n, p in model.named_parameters()}
        self.shape = model.settings

    def linear(self, name: str, x: Array) -> Array:
        found: Array = x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return found

    def norm(self, name: str, x: Array) -> Array:
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        normed = (x - mean) / np.sqrt(variance + 1e-5)
        found: Array = normed * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return found

    def turn(self, x: Array) -> Array:
        """[T, K]: dimensions i and i + R/2 are a point that turns by its position."""
        half = self.shape.rotary // 2
        turned = x.copy()
        for t in range(len(x)):
            for i in range(half):
                angle = t / 10_000 ** (2 * i / self.shape.rotary)
                a, b = x[t, i], x[t, i + half]
                turned[t, i] = a * np.cos(angle) - b * np.sin(angle)
                turned[t, i + half] = b * np.cos(angle) + a * np.sin(angle)
        return turned

    def attention(self, name: str, x: Array) -> Array:
        q, k, v = (self.linear(f"{name}.{p}_proj", x) for p in "qkv")
        size = self.shape.head_size
        heads = []
        for first in range(0, self.shape.hidden, size):
            part = slice(first, first + size)
            scores = self.turn(q[:, part]) @ self.turn(k[:, part]).T / np.sqrt(size)
            scores[np.triu_indices(len(x), 1)] = -np.inf
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            heads.append(shares / shares.sum(-1, keepdims=True) @ v[:, part])
        return self.linear(f"{name}.dense", np.concatenate(heads, axis=-1))

    def mlp(self, name: str, x: Array) -> Array:
        y = self.linear(f"{name}.fc1", x)
        y = 0.5 * y * (1 + np.tanh(np.sqrt(2 / np.pi) * (y + 0.044715 * y**3)))
        return self.linear(f"{name}.fc2", y)

    def logits(self, ids: list[int]) -> Array:
        x = self.weights["model.embed_tokens.weight"][ids]
        for layer in range(self.shape.layers):
            name = f"model.layers.{layer}"
            normed = self.norm(f"{name}.input_layernorm", x)
            x = x + self.attention(f"{name}.self_attn", normed) + self.mlp(f"{name}.mlp", normed)
        return self.linear("lm_head", self.norm("model.final_layernorm", x))


def test_the_model_computes_what_the_papers_describe() -> None:
    """Attention and MLP side by side after one norm, half rotation, GELU in its tanh form."""
    model = random_model()
    ids = draw(2, SHAPE.context)
    with torch.no_grad():
        found = model.double()(ids).numpy()
    for row, wanted in zip(found, map(Reference(model).logits, ids.tolist()), strict=True):
        # The angles are kept in float32.
        assert np.abs(row - wanted).max() < 1e-5 * np.abs(wanted).max()


@given(st.integers(1, SHAPE.context - 1), st.integers(0, SHAPE.vocab_size - 1))
@settings(max_examples=20)
def test_a_later_token_changes_no_earlier_logit(at: int, token: int) -> None:
    """The model never sees what it is asked for."""
    ids = draw(1, SHAPE.context)
    changed = ids.clone()
    changed[0, at] = token if token != ids[0, at] else (token + 1) % SHAPE.vocab_size
    for gradients in (False, True):
        with torch.set_grad_enabled(gradients):
            before, after = MODEL(ids), MODEL(changed)
        assert torch.equal(before[:, :at], after[:, :at])
        assert not torch.allclose(before[:, at:], after[:, at:])


@settings(max_examples=15)
@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.integers(1, 11), st.integers(1, 3))
@torch.no_grad()
def test_the_cache_changes_no_logit(lengths: list[int], steps: int, stride: int) -> None:
    """Prompts of several lengths, padded on the left, read on piece by piece, as if each stood alone."""
    longest = max(lengths)
    rows = [draw(1, length + steps, seed=n) for n, length in enumerate(lengths)]
    padding = torch.tensor([longest - length for length in lengths])
    ids = torch.cat(
        [
            functional.pad(row, (longest - length, 0))
            for row, length in zip(rows, lengths, strict=True)
        ]
    )
    cache = Cache(SHAPE, len(rows), longest + steps, torch.float32)
    found = [MODEL(ids[:, :longest], Past(cache, 0, padding))]
    for start in range(longest, longest + steps, stride):
        piece = ids[:, start : min(start + stride, longest + steps)]
        found.append(MODEL(piece, Past(cache, start, padding)))
    for row, left, logits in zip(rows, padding.tolist(), torch.cat(found, dim=1), strict=True):
        torch.testing.assert_close(logits[left:], MODEL(row)[0], rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_a_cache_goes_on_with_the_rows_that_are_kept() -> None:
    """What is forgotten leaves no trace in the others."""
    ids = draw(4, 12)
    cache, rows = Cache(SHAPE, 4, 12, torch.float32), torch.tensor([3, 1])
    none = torch.zeros(4, dtype=torch.long)
    MODEL(ids[:, :10], Past(cache, 0, none))
    cache.keep(rows)
    logits = MODEL(ids[rows, 10:], Past(cache, 10, none[rows]))
    torch.testing.assert_close(logits, MODEL(ids)[rows, 10:], rtol=1e-4, atol=1e-4)


@given(st.integers(0, 15), st.integers(0, 15), st.integers(0, 16))
def test_rotation_knows_distances_alone(first: int, second: int, shift: int) -> None:
    """The product of a query and a key is the same wherever the two stand together."""
    generator = torch.Generator().manual_seed(7)
    q, k = torch.randn(2, SHAPE.head_size, generator=generator)
    cos, sin = rotary_table(SHAPE)

    def product(q_at: int, k_at: int) -> float:
        turned = [rotate(x, cos[at], sin[at]) for x, at in ((q, q_at), (k, k_at))]
        return float(turned[0] @ turned[1])

    assert product(first, second) == pytest.approx(
        product(first + shift, second + shift), rel=1e-4, abs=1e-4
    )


def test_rotation_leaves_the_first_position_and_the_other_dimensions() -> None:
    """Position 0 isn't turned; no position turns the dimensions beyond `rotary`; lengths stay."""
    x = torch.randn(SHAPE.context, SHAPE.head_size, generator=torch.Generator().manual_seed(7))
    turned = rotate(x, *rotary_table(SHAPE))
    assert torch.equal(turned[0], x[0])
    assert torch.equal(turned[:, SHAPE.rotary :], x[:, SHAPE.rotary :])
    assert not torch.allclose(turned[1:, : SHAPE.rotary], x[1:, : SHAPE.rotary])
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1))


def fused(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return functional.scaled_dot_product_attention(q, k, v, is_causal=True)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_plain_attention_is_fused_attention(kind: torch.dtype) -> None:
    """Both ways give the same values and the same gradients."""

    def results(function: Callable[[Tensor, Tensor, Tensor], Tensor]) -> list[Tensor]:
        generator = torch.Generator().manual_seed(5)
        parts = [torch.randn(2, 3, 40, 16, generator=generator).to(kind) for _ in range(4)]
        inputs = [part.requires_grad_() for part in parts[:3]]
        out = function(*inputs)
        return [out, *torch.autograd.grad(out, inputs, parts[3])]

    plain = results(lambda q, k, v: attend(q, k, v, None, 0.0))
    tolerance = 1e-5 if kind == torch.float32 else 3e-2
    for one, other in zip(plain, results(fused), strict=True):
        torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)


@torch.no_grad()
def test_bfloat16_gives_nearly_the_same_logits() -> None:
    """The whole model, its cache included, computes in the format of its weights."""
    model, ids = random_model(scale=2.0), draw(2, 20)
    wanted = model(ids)
    model = model.to(torch.bfloat16)
    cache = Cache(SHAPE, 2, 20, torch.bfloat16)
    for logits in (model(ids), model(ids, Past(cache, 0, torch.zeros(2, dtype=torch.long)))):
        assert logits.dtype == torch.bfloat16
        assert (logits.float() - wanted).abs().max() < 0.05 * wanted.abs().max()


def test_weights_are_drawn_from_their_seed() -> None:
    """Deviation 0.02, biases 0, norms 1; the global random state has no part in it."""
    torch.manual_seed(1)
    model = Phi(SHAPE).initialise(5)
    torch.manual_seed(2)
    again, other = Phi(SHAPE).initialise(5), Phi(SHAPE).initialise(6)
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])
        if weight.dim() == 2:
            assert not torch.equal(weight, other.state_dict()[name])
            assert 0.018 < float(weight.std()) < 0.022
        else:
            assert torch.all(weight == float("layernorm.weight" in name))


def test_dropout_acts_in_training_only() -> None:
    """And is drawn from the global random state, so that a seed a step repeats it."""
    model, ids = Phi(SHAPE, dropout=0.5).initialise(1), draw(1, 16)
    torch.manual_seed(3)
    first, second = model.train()(ids), model(ids)
    torch.manual_seed(3)
    assert torch.equal(model(ids), first)
    assert not torch.equal(first, second)
    assert torch.equal(model.eval()(ids), Phi(SHAPE).initialise(1)(ids))
