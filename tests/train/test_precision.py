from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from hornbook.errors import HornbookError
from hornbook.storage import read_json
from hornbook.train.loop import train
from hornbook.train.meters import METERS, read_meters
from hornbook.train.precision import FIRST_SCALE, PATIENCE, LossScale, compute_type
from tests.tiny_model import SHAPE, job, phase


def losses(folder: Path, **changes: Any) -> list[float]:
    train(job(folder, phase(tokens=20 * 8 * SHAPE.context, **changes)))
    found: list[float] = read_json(folder / "losses.json")
    return found


def test_names_are_formats() -> None:
    names = ("float32", "bfloat16", "float16")
    assert [compute_type(name) for name in names] == [torch.float32, torch.bfloat16, torch.float16]
    assert compute_type("auto") in (torch.float32, torch.bfloat16)


def test_the_scale_halves_at_once_and_doubles_late() -> None:
    scale = LossScale(torch.float16)
    for _ in range(PATIENCE - 1):
        scale.fine()
    assert scale.value == FIRST_SCALE
    scale.fine()
    assert scale.value == 2 * FIRST_SCALE
    scale.overflowed()
    assert scale.value == FIRST_SCALE
    assert scale.quiet_steps == 0


def test_a_scale_that_has_nothing_left_says_so() -> None:
    scale = LossScale(torch.float16)
    with pytest.raises(HornbookError, match="overflow at every scale; lower learning_rate"):
        for _ in range(40):
            scale.overflowed()


def test_float16_learns_as_float32_does(tmp_path: Path) -> None:
    """The scale leaves no trace in losses and rates."""
    half = losses(tmp_path / "half", precision="float16", optimizer="muon")
    whole = losses(tmp_path / "whole", precision="float32", optimizer="muon")
    assert half == pytest.approx(whole, rel=0.02)
    assert whole[-1] < whole[0] - 1


def test_small_gradients_survive_in_float16(tmp_path: Path) -> None:
    """Without a scale, gradients this small would be zero; their norms are those of float32."""
    norms = {}
    for precision in ("float16", "float32"):
        work = job(tmp_path / precision, phase(precision=precision, tokens=8 * 8 * SHAPE.context))
        with torch.no_grad():
            work.model.lm_head.weight.mul_(1e-4)
        train(work)
        rows = read_meters(tmp_path / precision / METERS)
        norms[precision] = [row["gradient_norm"] for row in rows]
    assert norms["float16"] == pytest.approx(norms["float32"], rel=0.05)


def test_an_overflow_leaves_the_step_out(tmp_path: Path) -> None:
    """The weights stay, the scale is halved, the meters tell; training goes on."""
    work = job(tmp_path / "out", phase(precision="float16", tokens=8 * 8 * SHAPE.context))
    calls = 0

    def overflow(gradient: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return gradient * torch.inf if calls == 3 else gradient

    work.model.model.layers[0].mlp.fc1.weight.register_hook(overflow)
    train(work)
    rows = read_meters(tmp_path / "out" / METERS)
    assert [row["gradient_norm"] is None for row in rows] == [n == 2 for n in range(8)]
    assert [row["loss_scale"] for row in rows] == [FIRST_SCALE] * 2 + [FIRST_SCALE / 2] * 6
