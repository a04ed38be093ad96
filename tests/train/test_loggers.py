from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hornbook.storage import read_json
from hornbook.train.loop import train
from tests.tiny_model import SHAPE, job, phase

STEP = 8 * SHAPE.context


class Interrupted(Exception):
    pass


def test_tensorboard_shows_every_step_once(tmp_path: Path) -> None:
    """Losses by name and table, as its own reader reads them; steps taken again replace the first."""
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    folder = tmp_path / "out"

    def stop(done: int, total: int, loss: float) -> None:
        if done == 6 * STEP:
            raise Interrupted

    settings = phase(tokens=10 * STEP, checkpoint_seconds=1e-9)
    with pytest.raises(Interrupted):
        train(replace(job(folder, settings), on_progress=stop, loggers=("tensorboard",)))
    train(replace(job(folder, settings), loggers=("tensorboard",)))
    reader = events.EventAccumulator(str(folder / "tensorboard"))
    reader.Reload()
    found = reader.Scalars("loss")
    assert [event.step for event in found] == list(range(10))
    losses = read_json(folder / "losses.json")
    assert [event.value for event in found] == pytest.approx(losses, rel=1e-6)
    assert {"rate", "gradient_norm", "tokens_per_second", "tables/code/loss"} <= set(
        reader.Tags()["scalars"]
    )


def test_wandb_gets_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, so that nothing leaves the machine; its own files are there afterwards."""
    pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    train(replace(job(tmp_path / "out", phase(tokens=4 * STEP)), loggers=("wandb",)))
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))
