from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from hornbook.errors import HornbookError
from hornbook.model.transformer import Phi
from hornbook.model.weights import load_model
from hornbook.storage import file_digest, read_json
from hornbook.tokens import Batches, Mixture
from hornbook.tokens.packed import Encoded
from hornbook.train.job import Job, sequences_of
from hornbook.train.loop import PhaseResult, train
from hornbook.train.meters import METERS, read_meters
from tests.tiny_model import SHAPE, job, phase, table

STEPS = 30
SHORT = {"tokens": 8 * 8 * SHAPE.context}
"""Eight steps, where the way matters and not the end."""


def trained(folder: Path, seed: int = 1, **changes: Any) -> tuple[PhaseResult, list[float]]:
    result = train(job(folder, phase(**changes), seed=seed))
    return result, read_json(folder / "losses.json")


def first_batch(work: Job) -> tuple[Tensor, Tensor]:
    """(tokens [8, T + 1], learn [8, T]) of the first step."""
    rows = [work.batches.sequence(number) for number in range(8)]
    tokens = torch.stack([torch.from_numpy(row.tokens) for row in rows])
    return tokens, torch.stack([torch.from_numpy(row.learn) for row in rows])


def cross_entropy(work: Job, only_learnt: bool) -> float:
    """The first step's loss, the plain way."""
    tokens, learn = first_batch(work)
    targets = tokens[:, 1:].clone()
    if only_learnt:
        targets[~learn] = -100
    with torch.no_grad():
        logits = work.model(tokens[:, :-1])
    return float(functional.cross_entropy(logits.flatten(0, 1), targets.flatten()))


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_can_be_learnt_is_learnt(tmp_path: Path, optimizer: str, precision: str) -> None:
    """From knowing nothing to far less than half of it, in either format and with either optimizer."""
    changes = {"optimizer": optimizer, "precision": precision, "learn_prompts": False}
    result, losses = trained(tmp_path / "out", **changes)
    assert losses[0] == result.first_loss == pytest.approx(math.log(SHAPE.vocab_size), abs=0.1)
    assert result.last_loss < 0.4 * result.first_loss
    assert result.last_loss == pytest.approx(sum(losses[-3:]) / 3)
    assert result.precision == precision
    assert len(losses) == result.steps == STEPS
    assert result.tokens == STEPS * 8 * SHAPE.context


@pytest.mark.parametrize("changes", [{}, {"optimizer": "muon", "dropout": 0.2}])
def test_the_same_seed_gives_the_same_losses_and_weights(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    """To the last bit, dropout included; another seed gives others."""
    one, losses = trained(tmp_path / "a", **SHORT, **changes)
    torch.manual_seed(99)
    again, same = trained(tmp_path / "b", **SHORT, **changes)
    other, different = trained(tmp_path / "c", seed=2, **SHORT, **changes)
    assert losses == same
    assert one == again
    assert losses != different
    assert one.weights_sha256 != other.weights_sha256


@pytest.mark.parametrize("learn_prompts", [True, False])
def test_the_size_of_a_micro_batch_changes_rounding_only(
    tmp_path: Path, learn_prompts: bool
) -> None:
    """The loss is a mean over the whole step, however unevenly its learnt tokens are spread."""
    found = {
        size: trained(tmp_path / str(size), micro_batch=size, learn_prompts=learn_prompts, **SHORT)[
            1
        ]
        for size in (8, 3, 1)
    }
    for size in (3, 1):
        assert found[size] == pytest.approx(found[8], rel=1e-5)


@pytest.mark.parametrize("learn_prompts", [True, False])
def test_the_loss_is_the_mean_over_what_is_learnt(tmp_path: Path, learn_prompts: bool) -> None:
    """All tokens, or the solutions alone."""
    work = job(tmp_path / "out", phase(learn_prompts=learn_prompts, **SHORT))
    wanted, other = (cross_entropy(work, only) for only in (not learn_prompts, learn_prompts))
    train(work)
    losses = read_json(tmp_path / "out" / "losses.json")
    assert losses[0] == pytest.approx(wanted, rel=1e-6)
    assert losses[0] != pytest.approx(other, rel=1e-6)


def test_prompts_that_are_not_learnt_stay_unknown(tmp_path: Path) -> None:
    """After training on solutions alone, a prompt's tokens are no likelier than at the start."""
    losses = {}
    for learn_prompts in (True, False):
        folder = tmp_path / str(learn_prompts)
        work = job(folder, phase(learn_prompts=learn_prompts))
        tokens, learn = first_batch(work)
        targets = tokens[:, 1:].clone()
        targets[learn] = -100
        train(work)
        with torch.no_grad():
            logits = load_model(folder).eval()(tokens[:, :-1])
        losses[learn_prompts] = float(
            functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        )
    assert losses[True] < math.log(SHAPE.vocab_size) - 0.5
    assert losses[False] >= math.log(SHAPE.vocab_size) - 0.1


@pytest.mark.parametrize(("dropout", "kinds"), [(0.0, 1), (0.2, 6)])
def test_every_step_drops_other_numbers(tmp_path: Path, dropout: float, kinds: int) -> None:
    """Six steps that read the same document and hardly move: only dropout tells them apart."""
    settings = phase(
        tokens=6 * 8 * SHAPE.context, learning_rate=1e-12, weight_decay=0.0, dropout=dropout
    )
    data = table(tmp_path / "data", [Encoded([n % 97 + 1 for n in range(8 * SHAPE.context - 1)])])
    batches = Batches(Mixture({"code": data}, {"code": 1}), SHAPE.context, 1, 6 * 8)
    train(Job(tmp_path / "out", Phi(SHAPE, dropout).initialise(1), batches, settings, 1))
    losses = read_json(tmp_path / "out" / "losses.json")
    assert len({round(loss, 5) for loss in losses}) == kinds


def test_a_phase_leaves_its_model_and_its_losses(tmp_path: Path) -> None:
    """What is on disk is what was trained."""
    work = job(tmp_path / "out", phase(precision="bfloat16", **SHORT))
    result = train(work)
    folder = tmp_path / "out"
    assert sorted(path.name for path in folder.glob("[!.]*")) == [
        "config.json", "losses.json", "meters.jsonl", "model.safetensors", "validation.json",
    ]  # fmt: skip
    assert file_digest(folder / "model.safetensors") == result.weights_sha256
    ids = torch.arange(SHAPE.context)[None]
    with torch.no_grad():
        assert torch.equal(load_model(folder).eval()(ids), work.model(ids))


def test_meters_tell_of_every_step(tmp_path: Path) -> None:
    """Step, tokens so far, loss, rate; the losses are those of losses.json."""
    _, losses = trained(tmp_path / "out", warmup=0.1)
    rows = read_meters(tmp_path / "out" / METERS)
    assert [row["step"] for row in rows] == list(range(STEPS))
    assert [row["tokens"] for row in rows] == [(n + 1) * 8 * SHAPE.context for n in range(STEPS)]
    assert [row["loss"] for row in rows] == losses
    assert max(row["rate"] for row in rows) == rows[2]["rate"] == 1e-2
    assert all(row["gradient_norm"] > 0 for row in rows)


def test_progress_ends_at_the_phases_tokens(tmp_path: Path) -> None:
    """One call a step, with the tokens seen."""
    told: list[tuple[int, int]] = []
    result = train(
        job(tmp_path / "out", phase(), lambda done, total, _: told.append((done, total)))
    )
    assert told == [((n + 1) * 8 * SHAPE.context, result.tokens) for n in range(STEPS)]


def test_a_gradient_is_cut_to_its_largest_norm(tmp_path: Path) -> None:
    """The norm in the meters is the one before the cut; with a small cut, steps are others."""
    _, free = trained(tmp_path / "a", clip=1e9)
    _, cut = trained(tmp_path / "b", clip=1e-9, epsilon=1e-4)
    first = [read_meters(tmp_path / place / METERS)[0]["gradient_norm"] for place in "ab"]
    assert first[0] == first[1] > 0
    assert cut[-1] > free[-1] + 0.5


@pytest.mark.parametrize("at", [0, 4])
def test_a_loss_that_is_not_finite_stops_the_phase(tmp_path: Path, at: int) -> None:
    """The error names the step and what may help; no model is written."""
    folder = tmp_path / "out"

    def poison(done: int, total: int, loss: float) -> None:
        if done == at * 8 * SHAPE.context:
            with torch.no_grad():
                work.model.lm_head.bias[0] = float("nan")

    work = job(folder, phase(), poison)
    if at == 0:
        with torch.no_grad():
            work.model.model.embed_tokens.weight.fill_(float("nan"))
    with pytest.raises(
        HornbookError,
        match=rf"the loss is not finite at step {at} \(sequences {8 * at} to {8 * at + 7} of code\); lower",
    ):
        train(work)
    assert not (folder / "model.safetensors").exists()
    assert len(read_meters(folder / METERS)) == at


def test_a_gradient_that_is_not_finite_is_never_applied(tmp_path: Path) -> None:
    """The loss may be fine and its gradient not; the weights and the checkpoints stay finite."""
    folder = tmp_path / "out"
    settings = phase(checkpoint_seconds=1e-9, **SHORT)
    work = job(folder, settings)
    calls = 0

    def overflow(gradient: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return gradient * torch.inf if calls == 5 else gradient

    work.model.model.layers[0].mlp.fc1.weight.register_hook(overflow)
    with pytest.raises(HornbookError, match="the gradient is not finite at step 4"):
        train(work)
    assert all(bool(torch.isfinite(p).all()) for p in work.model.parameters())
    assert [row["step"] for row in read_meters(folder / METERS)] == [0, 1, 2, 3]
    # Without the fault, the same folder goes on from its checkpoint.
    train(job(folder, settings))
    assert read_json(folder / "losses.json") == trained(tmp_path / "whole", **SHORT)[1]


@pytest.mark.parametrize(
    ("tokens", "batch", "context", "wanted"),
    [(7680, 256, 32, (30, 8)), (512, 64, 512, (1, 1)), (1000, 64, 300, (3, 1)), (512, 4096, 256, (1, 16))],
)  # fmt: skip
def test_steps_make_up_the_phases_tokens(
    tokens: int, batch: int, context: int, wanted: tuple[int, int]
) -> None:
    """To the nearest whole step, and one at least."""
    assert sequences_of(phase(tokens=tokens, batch_tokens=batch), context) == wanted
