from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.train import PhaseSettings
from hornbook.train.muon import Muon, orthogonal
from hornbook.train.optimizer import (
    build_optimizers,
    rate_at,
    restore_state,
    set_rates,
    state_tensors,
)
from tests.tiny_model import phase, random_model


def weights_of_a_model() -> dict[str, Tensor]:
    return {name: weight.detach().clone() for name, weight in random_model().named_parameters()}


def give_gradients(weights: dict[str, Tensor], seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for weight in weights.values():
        weight.grad = torch.randn(weight.shape, generator=generator)


def step(
    optimizers: dict[str, torch.optim.Optimizer], weights: dict[str, Tensor], seed: int
) -> None:
    give_gradients(weights, seed)
    for optimizer in optimizers.values():
        optimizer.step()


@given(st.integers(1, 500), st.floats(0, 1), st.sampled_from(["linear", "constant"]))
def test_the_rate_rises_to_its_peak_and_never_again(
    steps: int, warmup: float, schedule: str
) -> None:
    """Up in equal steps, then level or down in equal steps; never zero, never above the peak."""
    settings = phase(warmup=warmup, schedule=schedule)
    rates = [rate_at(n, steps, settings) for n in range(steps)]
    warm = max(1, round(steps * warmup))
    assert rates[:warm] == pytest.approx([(n + 1) / warm for n in range(warm)])
    if schedule == "constant":
        assert set(rates[warm:]) <= {1.0}
    else:
        down = steps - warm + 1
        assert rates[warm:] == pytest.approx([1 - n / down for n in range(1, down)])
    assert all(0 < rate <= 1 for rate in rates)


def test_each_optimizer_has_its_own_peak() -> None:
    """Both follow one schedule."""
    settings = phase(optimizer="muon", learning_rate=0.5, muon_rate=0.25)
    optimizers = build_optimizers(weights_of_a_model(), settings)
    set_rates(optimizers, settings, 0.5)
    rates = {n: {g["lr"] for g in o.param_groups} for n, o in optimizers.items()}
    assert rates == {"adamw": {0.25}, "muon": {0.125}}


def test_muon_moves_the_blocks_matrices_and_adamw_the_rest() -> None:
    """Every weight is moved by exactly one of them."""
    weights = weights_of_a_model()
    optimizers = build_optimizers(weights, phase(optimizer="muon"))
    owners = {
        owner: {id(w) for group in optimizer.param_groups for w in group["params"]}
        for owner, optimizer in optimizers.items()
    }
    matrices = {id(w) for n, w in weights.items() if ".layers." in n and w.dim() == 2}
    assert owners == {"muon": matrices, "adamw": {id(w) for w in weights.values()} - matrices}
    assert set(build_optimizers(weights, phase())) == {"adamw"}


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_norms_and_biases_are_not_decayed(optimizer: str) -> None:
    """Without a gradient a matrix shrinks and anything else stays."""
    weights = weights_of_a_model()
    before = {name: weight.clone() for name, weight in weights.items()}
    settings = phase(optimizer=optimizer, weight_decay=1.0, learning_rate=0.1, muon_rate=0.1)
    for weight in weights.values():
        weight.grad = torch.zeros_like(weight)
    for each in build_optimizers(weights, settings).values():
        each.step()
    for name, weight in weights.items():
        shrunk = 0.9 if weight.dim() == 2 else 1.0
        torch.testing.assert_close(weight, before[name] * shrunk)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_an_optimizer_goes_on_from_its_state(optimizer: str) -> None:
    """Three steps, a state taken and put back elsewhere, three more: the same bits as six steps."""
    settings = phase(optimizer=optimizer)
    straight = weights_of_a_model()
    optimizers = build_optimizers(straight, settings)
    for seed in range(3):
        step(optimizers, straight, seed)
    other = {name: weight.clone() for name, weight in straight.items()}
    state = {name: tensor.clone() for name, tensor in state_tensors(optimizers).items()}
    resumed = build_optimizers(other, settings)
    restore_state(resumed, state)
    for name, tensor in state_tensors(resumed).items():
        assert torch.equal(tensor, state[name])
        assert tensor.dtype == state[name].dtype
    for seed in range(3, 6):
        step(optimizers, straight, seed)
        step(resumed, other, seed)
    for name, weight in straight.items():
        assert torch.equal(weight, other[name])
    forgetful = {name: weight.clone() for name, weight in other.items()}
    step(build_optimizers(forgetful, settings), forgetful, 6)
    step(resumed, other, 6)
    assert any(not torch.equal(weight, other[name]) for name, weight in forgetful.items())


@pytest.mark.parametrize("shape", [(24, 24), (48, 16), (16, 48)])
def test_muon_steps_like_torchs(shape: tuple[int, int]) -> None:
    """Three matrices turned together move as `torch.optim.Muon` moves them one by one."""
    generator = torch.Generator().manual_seed(2)
    ours = [torch.randn(shape, generator=generator) for _ in range(3)]
    theirs = [torch.nn.Parameter(weight.clone()) for weight in ours]
    mine = Muon(ours, lr=0.02, weight_decay=0.1)
    reference = torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1)
    for _ in range(4):
        for weight, other in zip(ours, theirs, strict=True):
            weight.grad = torch.randn(shape, generator=generator)
            other.grad = weight.grad.clone()
        mine.step()
        reference.step()
    for weight, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(weight, other.detach(), rtol=0, atol=2e-3)


def test_turned_matrices_keep_their_directions() -> None:
    """Singular values come near 1; what multiplies them is left as it is."""
    generator = torch.Generator().manual_seed(4)
    matrices = torch.randn(3, 12, 20, generator=generator)
    turned = orthogonal(matrices)
    values = torch.linalg.svdvals(turned)
    assert 0.5 < float(values.min()) <= float(values.max()) < 1.3
    u, _, vt = torch.linalg.svd(matrices, full_matrices=False)
    middle = u.mT @ turned @ vt.mT
    off = middle - torch.diag_embed(torch.diagonal(middle, dim1=1, dim2=2))
    assert float(off.abs().max()) < 1e-4


def test_a_matrix_without_gradient_is_turned_to_nothing() -> None:
    """Zero has no direction, and the step stays finite."""
    weight = torch.ones(4, 4)
    weight.grad = torch.zeros(4, 4)
    Muon([weight], lr=0.1, weight_decay=0.0).step()
    assert torch.equal(weight, torch.ones(4, 4))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"tokens": 600, "batch_tokens": 8192}, "under an eighth"),
        ({"tokens": 600, "batch_tokens": 64, "optimizer": "sgd"}, "optimizer"),
        ({"tokens": 600, "batch_tokens": 64, "learning_rate": 0}, "learning_rate"),
        ({"tokens": 600, "batch_tokens": 64, "dropout": 1.0}, "dropout"),
        ({"tokens": 600, "batch_tokens": 64, "warm_up": 0.1}, "did you mean `warmup`"),
        ({"tokens": 600, "decay": "some"}, "decay"),
        ({"tokens": 600, "batch_tokens": 64, "select": "best"}, "needs validate_every"),
    ],
)
def test_settings_that_make_no_sense_are_refused(table: dict[str, Any], message: str) -> None:
    """Before anything is trained, by name."""
    with pytest.raises(ConfigError, match=message):
        settings_from(PhaseSettings, table, "train.phases.demo")
