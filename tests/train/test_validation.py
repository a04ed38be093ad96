from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from hornbook.model.weights import load_model
from hornbook.storage import file_digest, read_json
from hornbook.tokens import Batches, Mixture
from hornbook.tokens.packed import Encoded
from hornbook.train.job import HeldOut, Job
from hornbook.train.loop import SNAPSHOTS, PhaseResult, train
from hornbook.train.meters import METERS, read_meters
from tests.tiny_model import SHAPE, job, lessons, phase, table

STEP = 8 * SHAPE.context


def held_out(folder: Path) -> HeldOut:
    """Two tables that training never sees, one counting three times the other."""
    tables = {}
    for seed, name in ((31, "a"), (32, "b")):
        packed = table(folder, lessons(8, seed), name)
        tables[name] = Batches(Mixture({name: packed}, {name: 1}), SHAPE.context, 0, 4)
    return HeldOut(tables, {"a": 3.0, "b": 1.0})


def prepared(folder: Path, **changes: Any) -> Job:
    work = job(folder, phase(**{"validate_every": 5, "learning_rate": 2e-2, **changes}))
    sizes = np.arange(SHAPE.vocab_size, dtype=np.int32) % 7
    return replace(work, held_out=held_out(folder.parent / "held"), token_bytes=sizes)


def trained(folder: Path, **changes: Any) -> PhaseResult:
    return train(prepared(folder, **changes))


def plain_loss(folder: Path, batches: Batches) -> tuple[float, float]:
    """(nats a token, bits a byte) of a model on disk, the plain way."""
    model = load_model(folder).eval()
    nats = tokens = size = 0.0
    for number in range(batches.sequences):
        ids = torch.from_numpy(batches.sequence(number).tokens)
        with torch.no_grad():
            logits = model(ids[None, :-1])[0]
        nats += float(functional.cross_entropy(logits, ids[1:], reduction="sum"))
        tokens += len(ids) - 1
        size += float((ids[1:] % 7).sum())
    return nats / tokens, nats / math.log(2) / size


def test_held_out_loss_is_that_of_the_weights_it_was_measured_with(tmp_path: Path) -> None:
    """Table by table, in nats a token and bits a byte; the mean counts tables as the mixture does."""
    result = trained(tmp_path / "out")
    looks = read_json(tmp_path / "out" / "validation.json")
    assert [look["steps"] for look in looks] == list(range(5, 31, 5))
    last = looks[-1]
    for name, batches in held_out(tmp_path / "held").tables.items():
        loss, bits = plain_loss(tmp_path / "out", batches)
        assert last["tables"][name]["loss"] == pytest.approx(loss, rel=1e-5)
        assert last["tables"][name]["bits_per_byte"] == pytest.approx(bits, rel=1e-5)
    a, b = (last["tables"][name]["loss"] for name in "ab")
    assert last["loss"] == pytest.approx((3 * a + b) / 4)
    assert result.held_out_loss == last["loss"]
    assert result.model_step == 30


def test_text_of_which_nothing_is_learnt_chooses_nothing(tmp_path: Path) -> None:
    """Prompts alone, in a phase that only reads them: no loss, and the last weights are the model."""
    work = prepared(tmp_path / "out", select="best", learn_prompts=False)
    prompts = [Encoded([*range(1, 40)], 39)] * 8
    packed = table(tmp_path / "prompts", prompts, "a")
    object.__setattr__(packed, "starts", packed.starts + 1)  # its end-of-text as well
    only = Batches(Mixture({"a": packed}, {"a": 1}), SHAPE.context, 0, 4)
    result = train(replace(work, held_out=HeldOut({"a": only}, {"a": 1.0})))
    assert {look["loss"] for look in read_json(tmp_path / "out" / "validation.json")} == {None}
    assert (result.model_step, result.held_out_loss) == (30, None)


def test_looking_changes_nothing(tmp_path: Path) -> None:
    """The same losses and weights with looks at every step, at a few, or at none but the last."""
    found = [
        trained(tmp_path / str(every), validate_every=every, dropout=0.1) for every in (1, 7, 0)
    ]
    assert len({result.weights_sha256 for result in found}) == 1
    curves = [read_json(tmp_path / str(every) / "losses.json") for every in (1, 7, 0)]
    assert curves[0] == curves[1] == curves[2]
    assert len(read_json(tmp_path / "0" / "validation.json")) == 1


def test_the_best_weights_are_those_with_the_least_held_out_loss(tmp_path: Path) -> None:
    """Even where training goes on to forget them; chosen among the looks, and kept bit by bit."""
    kept = {"validate_every": 5, "keep_every": 5, "learning_rate": 5e-2}
    result = trained(tmp_path / "best", select="best", **kept)
    looks = read_json(tmp_path / "best" / "validation.json")
    best = min(looks, key=lambda look: look["loss"])
    assert best["steps"] < 30, "this phase is meant to forget"
    assert result.model_step == best["steps"]
    assert result.held_out_loss == best["loss"]
    snapshot = tmp_path / "best" / SNAPSHOTS / f"step-{best['steps']:08d}"
    assert file_digest(snapshot / "model.safetensors") == result.weights_sha256
    last = trained(tmp_path / "last", **kept)
    assert last.model_step == 30
    assert last.weights_sha256 != result.weights_sha256


def test_models_are_kept_by_the_rule_and_told_to_the_hook(tmp_path: Path) -> None:
    """Every tenth step a whole model that can be loaded; the last is the phase's own. What a kill
    left half written does not stay."""
    told: list[tuple[int, str]] = []

    def hook(step: int, folder: Path) -> None:
        load_model(folder)
        told.append((step, folder.name))

    folder = tmp_path / "out"
    scratch = folder / SNAPSHOTS / "step-00000010" / ".model.safetensors.1.tmp"
    scratch.parent.mkdir(parents=True)
    scratch.write_bytes(b"half")
    train(replace(prepared(folder, keep_every=10), on_checkpoint=hook))
    assert not scratch.exists()
    assert told == [(10, "step-00000010"), (20, "step-00000020"), (30, "out")]
    assert sorted(path.name for path in (folder / SNAPSHOTS).iterdir()) == [
        "step-00000010", "step-00000020",
    ]  # fmt: skip


def test_keeping_a_model_changes_nothing(tmp_path: Path) -> None:
    """In 16 bits too, where the model goes through float32 and back."""
    changes = {"precision": "bfloat16", "dropout": 0.1}
    with_models = trained(tmp_path / "a", keep_every=3, **changes)
    assert trained(tmp_path / "b", **changes) == with_models


def test_losses_are_told_by_table(tmp_path: Path) -> None:
    """Each step's tables, weighted by their tokens, make up the step's loss; bytes are counted."""
    folder = tmp_path / "out"
    tables = {name: table(tmp_path / "two", lessons(8, 7), name) for name in ("code", "textbooks")}
    mixture = Mixture(tables, {"code": 3, "textbooks": 1})
    work = prepared(folder)
    train(replace(work, batches=Batches(mixture, SHAPE.context, 1, work.batches.sequences)))
    for row in read_meters(folder / METERS):
        parts = row["tables"]
        assert {name: part["tokens"] for name, part in parts.items()} == {
            "code": 6 * SHAPE.context, "textbooks": 2 * SHAPE.context,
        }  # fmt: skip
        mean = sum(p["tokens"] * p["loss"] for p in parts.values()) / STEP
        assert row["loss"] == pytest.approx(mean, rel=1e-6)
        assert all(part["bits_per_byte"] > 0 for part in parts.values())


def test_a_phase_that_stops_early_keeps_its_schedule(tmp_path: Path) -> None:
    """Its first steps are those of the whole phase, rates included."""
    trained(tmp_path / "whole")
    result = trained(tmp_path / "part", stop=12)
    assert result.steps == 12
    assert result.tokens == 12 * STEP
    whole, part = (read_meters(tmp_path / name / METERS) for name in ("whole", "part"))
    assert [row["rate"] for row in part] == [row["rate"] for row in whole[:12]]
    assert [row["loss"] for row in part] == [row["loss"] for row in whole[:12]]


def test_a_spike_is_marked(tmp_path: Path) -> None:
    """Someone turns the head round in the midst of training: the next loss stands out."""
    folder = tmp_path / "out"

    def turn(done: int, total: int, loss: float) -> None:
        if done == 25 * STEP:
            with torch.no_grad():
                work.model.lm_head.weight.mul_(-40)

    work = replace(prepared(folder, learning_rate=1e-3), on_progress=turn)
    result = train(work)
    marked = [row["step"] for row in read_meters(folder / METERS) if row.get("spike")]
    assert marked == [25]
    assert result.spikes == 1
