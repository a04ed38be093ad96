from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
import torch

from hornbook.errors import HornbookError
from hornbook.train.job import Job
from hornbook.train.proof import prove
from tests.tiny_model import SHAPE, job, phase

STEP = 8 * SHAPE.context


def open_job(data: Path, folder: Path) -> Job:
    """40 steps with everything that has a state: dropout, float16's scale, looks, the best so far."""
    settings = phase(
        tokens=40 * STEP, dropout=0.1, optimizer="muon", precision="float16", micro_batch=3,
        validate_every=4, select="best",
    )  # fmt: skip
    work = job(folder, settings)
    from tests.train.test_validation import held_out

    return Job(**{**vars(work), "held_out": held_out(data)})


def open_careless(data: Path, folder: Path) -> Job:
    """A phase whose start depends on the process: what a lost random state would look like."""
    work = open_job(data, folder)
    with torch.no_grad():
        work.model.lm_head.bias[0] += os.getpid() * 1e-6
    return work


def open_broken(data: Path, folder: Path) -> Job:
    work = open_job(data, folder)
    with torch.no_grad():
        work.model.lm_head.bias[0] = float("nan")
    return work


def open_second_broken(data: Path, folder: Path) -> Job:
    """Only the training that is to be killed is broken."""
    return open_broken(data, folder) if folder.name == "killed" else open_job(data, folder)


def test_killed_twenty_times_it_ends_with_the_same_bits(tmp_path: Path) -> None:
    """SIGKILL at random moments, half of them within a checkpoint's write: losses, looks, weights."""
    proof = prove(partial(open_job, tmp_path / "held"), tmp_path / "work", steps=40, kills=20)
    assert len(proof.kills) == 20
    assert sum(kill.in_checkpoint_write for kill in proof.kills) >= 5
    assert len({kill.steps_done for kill in proof.kills}) >= 15
    assert proof.same, proof
    assert proof.killed == proof.undisturbed
    assert len(proof.losses) == 40


def test_what_does_not_end_the_same_is_told(tmp_path: Path) -> None:
    """The proof can fail."""
    proof = prove(partial(open_careless, tmp_path / "held"), tmp_path / "work", steps=4, kills=1)
    assert not proof.same
    assert proof.killed != proof.undisturbed


def test_a_phase_that_is_shorter_is_proved_to_its_end(tmp_path: Path) -> None:
    """The proof tells the steps that were taken, not those that were asked for."""
    proof = prove(partial(open_job, tmp_path / "held"), tmp_path / "work", steps=99, kills=1)
    assert proof.same
    assert proof.steps == len(proof.losses) == 40
    assert proof.kills[0].steps_done < 40


def test_a_training_that_fails_of_itself_proves_nothing(tmp_path: Path) -> None:
    with pytest.raises(
        HornbookError, match="failed while it was to be proved .*not finite at step 0"
    ):
        prove(partial(open_broken, tmp_path / "held"), tmp_path / "work", steps=4, kills=1)


def test_one_that_fails_between_the_kills_is_told_as_well(tmp_path: Path) -> None:
    with pytest.raises(HornbookError, match="failed while it was to be proved .*not finite"):
        prove(partial(open_second_broken, tmp_path / "held"), tmp_path / "work", steps=4, kills=1)
