from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from hornbook.model import ModelSettings
from hornbook.model.transformer import Phi
from hornbook.storage import read_json
from hornbook.tokens import Batches, Mixture
from hornbook.train.job import Job, sequences_of
from hornbook.train.loop import train
from hornbook.train.optimizer import rate_at
from tests.tiny_model import lessons, phase, table

SHAPE = ModelSettings(
    layers=2, hidden=64, heads=4, rotary=8, inner=256, context=64, vocab_size=320
)  # fmt: skip
STEPS = 200


def their_model(model: Phi) -> Any:
    """transformers' model with the same weights."""
    transformers = pytest.importorskip("transformers")
    shape = model.settings
    rotary = {"rope_type": "default", "rope_theta": 10_000.0}
    rotary["partial_rotary_factor"] = shape.rotary / shape.head_size
    theirs = transformers.PhiForCausalLM(
        transformers.PhiConfig(
            vocab_size=shape.vocab_size, hidden_size=shape.hidden, intermediate_size=shape.inner,
            num_hidden_layers=shape.layers, num_attention_heads=shape.heads,
            max_position_embeddings=shape.context, rope_parameters=rotary, bos_token_id=0,
            eos_token_id=0, use_cache=False,
        )
    )  # fmt: skip
    theirs.load_state_dict(model.state_dict())
    return theirs.train()


def test_the_loss_curve_is_that_of_transformers(tmp_path: Path) -> None:
    """Same weights, data and AdamW, 200 steps in float32 with micro-batches on our side: within 1e-4."""
    data = table(tmp_path / "data", lessons(40))
    settings = phase(
        tokens=STEPS * 4 * SHAPE.context, batch_tokens=4 * SHAPE.context, micro_batch=2,
        learning_rate=1e-3, warmup=0.1, decay="all",
    )  # fmt: skip
    steps, per_step = sequences_of(settings, SHAPE.context)
    assert (steps, per_step) == (STEPS, 4)
    batches = Batches(Mixture({"code": data}, {"code": 1}), SHAPE.context, 3, STEPS * 4)
    theirs = their_model(Phi(SHAPE).initialise(1))
    optimizer = torch.optim.AdamW(
        theirs.parameters(), lr=1.0, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1
    )
    wanted = []
    for step in range(STEPS):
        rows = [batches.sequence(n).tokens for n in range(4 * step, 4 * step + 4)]
        ids = torch.stack([torch.from_numpy(row) for row in rows])
        logits = theirs(input_ids=ids[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
        optimizer.param_groups[0]["lr"] = 1e-3 * rate_at(step, STEPS, settings)
        optimizer.step()
        optimizer.zero_grad()
        wanted.append(float(loss.detach()))
    train(Job(tmp_path / "out", Phi(SHAPE).initialise(1), batches, settings, 1))
    found = read_json(tmp_path / "out" / "losses.json")
    assert wanted[-1] < wanted[0] - 1, "nothing was learnt, so nothing was compared"
    assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 1e-4
