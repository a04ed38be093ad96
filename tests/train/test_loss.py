from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from hornbook.train.loss import BLOCK, PIECE, head_loss, token_losses


def case(positions: int, kind: torch.dtype, seed: int = 1) -> tuple[Tensor, nn.Linear, Tensor]:
    """States, a head of 50 words over 16 dimensions, and targets."""
    generator = torch.Generator().manual_seed(seed)
    head = nn.Linear(16, 50).to(kind)
    with torch.no_grad():
        head.weight.copy_(torch.randn(50, 16, generator=generator))
        head.bias.copy_(torch.randn(50, generator=generator))
    states = torch.randn(positions, 16, generator=generator).to(kind).requires_grad_()
    return states, head, torch.randint(0, 50, (positions,), generator=generator)


def gradients(loss: Tensor, states: Tensor, head: nn.Linear) -> list[Tensor]:
    return list(torch.autograd.grad(loss, [states, head.weight, head.bias]))


@settings(max_examples=20)
@given(st.integers(1, BLOCK + 2 * PIECE + 3), st.floats(1e-4, 10), st.integers(0, 99))
def test_the_loss_is_torchs_cross_entropy(positions: int, scale: float, seed: int) -> None:
    """Value and gradients, for one piece, for several, and for a piece that is not full."""
    states, head, targets = case(positions, torch.float32, seed)
    ours, each = head_loss(states, head, targets, scale)
    whole = functional.cross_entropy(head(states), targets, reduction="sum") * scale
    torch.testing.assert_close(ours, whole, rtol=1e-5, atol=1e-5)
    single = functional.cross_entropy(head(states), targets, reduction="none")
    torch.testing.assert_close(each, single, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(token_losses(states, head, targets), single)
    for one, other in zip(
        gradients(ours, states, head), gradients(whole, states, head), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4 * scale)


def test_in_bfloat16_the_loss_is_near_that_of_float32() -> None:
    """Over many pieces no error adds up: the gradients are as near as one bfloat16 product is."""
    states, head, targets = case(2 * BLOCK + PIECE, torch.bfloat16)
    ours, _ = head_loss(states, head, targets, 1 / len(targets))
    assert ours.dtype == torch.float32
    wide, exact = nn.Linear(16, 50), states.detach().float().requires_grad_()
    wide.load_state_dict({name: weight.float() for name, weight in head.state_dict().items()})
    whole = functional.cross_entropy(wide(exact), targets)
    torch.testing.assert_close(ours, whole, rtol=1e-2, atol=0)
    for one, other in zip(
        gradients(ours, states, head), gradients(whole, exact, wide), strict=True
    ):
        assert one.dtype == torch.bfloat16
        assert (one.float() - other).abs().max() < 0.02 * other.abs().max()


@pytest.mark.parametrize("factor", [0.0, 1.0, -2.5])
def test_the_way_back_multiplies_by_what_comes_from_above(factor: float) -> None:
    """The loss may be part of a larger sum."""
    states, head, targets = case(9, torch.float32)
    alone = gradients(head_loss(states, head, targets, 1.0)[0], states, head)
    inside = gradients(head_loss(states, head, targets, 1.0)[0] * factor + 3, states, head)
    for one, other in zip(alone, inside, strict=True):
        torch.testing.assert_close(one * factor, other)


def test_nothing_to_learn_costs_nothing() -> None:
    """A micro-batch of prompts alone has loss 0 and gradients of zeros."""
    states, head, targets = case(0, torch.float32)
    loss, _ = head_loss(states, head, targets, 1.0)
    assert float(loss.detach()) == 0
    assert all(not bool(g.any()) for g in gradients(loss, states, head))


def test_large_logits_do_not_overflow() -> None:
    """The logarithm of the sum is taken with the largest logit taken out."""
    states, head, targets = case(5, torch.float32)
    with torch.no_grad():
        head.weight.mul_(1e4)
    loss, _ = head_loss(states, head, targets, 1.0)
    assert torch.isfinite(loss)
    assert all(bool(torch.isfinite(g).all()) for g in gradients(loss, states, head))
