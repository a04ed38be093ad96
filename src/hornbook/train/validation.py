"""Losses on held-out text, table by table; the only thing a checkpoint is chosen by."""

from __future__ import annotations

from typing import Any

import torch

from hornbook.train.job import HeldOut
from hornbook.train.learner import UNLEARNT, Learner, count_tables, read_lesson
from hornbook.train.loss import token_losses
from hornbook.train.meters import Tally


def validate(learner: Learner, held_out: HeldOut) -> dict[str, Any]:
    """{"loss": nats a token, tables weighted as in the mixture; "tables": each with its bits a byte}.

    Without dropout, in the phase's number format; what the phase does not learn does not count. The
    loss is None where nothing of the text is learnt.
    """
    tally = Tally()
    learner.model.eval()
    with torch.no_grad():
        for name in sorted(held_out.tables):
            _read(learner, held_out, name, tally)
    learner.model.train()
    rows = tally.rows()
    weights = {name: held_out.weights[name] for name in rows if rows[name]["tokens"]}
    total = sum(weights.values())
    mean = sum(weights[n] * rows[n]["loss"] for n in weights) / total if total else None
    return {"loss": mean, "tables": rows}


def _read(learner: Learner, held_out: HeldOut, name: str, tally: Tally) -> None:
    batches, size = held_out.tables[name], learner.phase.micro_batch
    for first in range(0, batches.sequences, size):
        numbers = range(first, min(first + size, batches.sequences))
        lesson = read_lesson(batches, numbers, learner.phase)
        targets = lesson.targets.flatten()
        chosen = targets != UNLEARNT
        states = learner.model.hidden(lesson.inputs, documents_BT=lesson.documents).flatten(0, 1)
        losses = token_losses(states[chosen], learner.model.lm_head, targets[chosen])
        rows = torch.arange(len(numbers)).repeat_interleave(lesson.inputs.shape[1])[chosen]
        count_tables(tally, [name] * len(numbers), rows, losses, targets[chosen], learner.sizes_V)
