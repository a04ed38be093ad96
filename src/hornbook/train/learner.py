"""One step: read, learn, move the weights (phi-1 2.3).

Weights are kept in float32, the master copy; where the phase computes in 16 bits a copy of them does
the forward and backward pass. The gradient is summed over micro-batches in float32 and normalised over
all learnt tokens of the step, so how a step is cut changes nothing but rounding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from hornbook.errors import HornbookError
from hornbook.model.transformer import Phi, rotary_table
from hornbook.randomness import seed_for
from hornbook.tokens.batches import Batches
from hornbook.train.config import PhaseSettings
from hornbook.train.job import Job
from hornbook.train.loss import head_loss
from hornbook.train.meters import Tally
from hornbook.train.optimizer import build_optimizers, rate_at, set_rates
from hornbook.train.precision import LossScale, compute_type

UNLEARNT = -100


@dataclass(frozen=True)
class Lesson:
    """Sequences and what is to be learnt of them; a target that is not learnt is `UNLEARNT`."""

    inputs: Tensor
    """[B, T]"""
    targets: Tensor
    """[B, T]"""
    documents: Tensor | None
    """[B, T], where documents are kept apart."""
    tables: Sequence[str]
    """[B]"""

    def part(self, window: slice) -> Lesson:
        documents = None if self.documents is None else self.documents[window]
        return Lesson(self.inputs[window], self.targets[window], documents, self.tables[window])


def read_lesson(batches: Batches, numbers: range, phase: PhaseSettings) -> Lesson:
    """Sequences by their numbers."""
    windows = [batches.sequence(number) for number in numbers]
    tokens = torch.stack([torch.from_numpy(window.tokens) for window in windows])
    targets = tokens[:, 1:].clone()
    if not phase.learn_prompts:
        targets[~torch.stack([torch.from_numpy(window.learn) for window in windows])] = UNLEARNT
    documents = None
    if phase.document_mask:
        documents = torch.stack([torch.from_numpy(window.documents) for window in windows])[:, :-1]
    return Lesson(tokens[:, :-1], targets, documents, [window.table for window in windows])


class Learner:
    """The model in training, its master weights and its optimizers."""

    def __init__(self, job: Job, schedule: int, per_step: int) -> None:
        self.job, self.phase = job, job.phase
        self.schedule, self.per_step = schedule, per_step
        self.type = compute_type(job.phase.precision)
        self.scale = LossScale(self.type)
        self.master = {n: p.detach().clone().float() for n, p in job.model.named_parameters()}
        self.model = job.model.to(self.type).train()
        self.optimizers = build_optimizers(self.master, job.phase)
        self.sizes_V = None if job.token_bytes is None else torch.from_numpy(job.token_bytes)
        self.copy_to_model()

    def step(self, step: int) -> dict[str, Any]:
        """Take one step; returns what was measured: loss, gradient norm, rate, loss by table."""
        torch.manual_seed(seed_for(self.job.seed, "dropout", step))
        numbers = range(step * self.per_step, (step + 1) * self.per_step)
        lesson = read_lesson(self.job.batches, numbers, self.phase)
        learnt = int((lesson.targets != UNLEARNT).sum())
        tally, total = Tally(), 0.0
        for first in range(0, self.per_step, self.phase.micro_batch):
            part = lesson.part(slice(first, first + self.phase.micro_batch))
            loss = self._learn(part, self.scale.value / max(learnt, 1), tally)
            self._check(loss, "loss", step, numbers[first : first + len(part.inputs)], part.tables)
            total += loss / self.scale.value
        rate = rate_at(step, self.schedule, self.phase)
        norm = self._move(rate, step, numbers, lesson.tables)
        row = {
            "loss": total,
            "gradient_norm": None if norm is None else round(norm, 6),
            "rate": rate * self.phase.learning_rate,
            "tables": tally.rows(),
        }
        return {**row, "loss_scale": self.scale.value} if self.scale.needed else row

    def _learn(self, part: Lesson, scale: float, tally: Tally) -> float:
        """Forward and backward of a micro-batch; returns its share of the scaled loss."""
        states = self.model.hidden(part.inputs, documents_BT=part.documents).flatten(0, 1)
        targets = part.targets.flatten()
        chosen = targets != UNLEARNT
        rows = torch.arange(len(part.inputs)).repeat_interleave(part.inputs.shape[1])
        if not bool(chosen.all()):
            # The head is the dearest part: run it only where something is learnt.
            states, targets, rows = states[chosen], targets[chosen], rows[chosen]
        loss, losses = head_loss(states, self.model.lm_head, targets, scale)
        loss.backward()  # type: ignore[no-untyped-call]
        self._collect()
        count_tables(tally, part.tables, rows, losses, targets, self.sizes_V)
        return float(loss.detach())

    def _collect(self) -> None:
        """Add a micro-batch's gradients to the master's, in float32."""
        for name, parameter in self.model.named_parameters():
            if parameter.grad is not None:
                master = self.master[name]
                if master.grad is None:
                    master.grad = parameter.grad.float()
                else:
                    master.grad += parameter.grad
                parameter.grad = None

    def _move(self, rate: float, step: int, numbers: range, tables: Sequence[str]) -> float | None:
        """Clip the gradient and step; returns its norm, or None where float16 overflowed."""
        weights = list(self.master.values())
        with torch.no_grad():
            if self.scale.needed:
                for weight in weights:
                    if weight.grad is not None:
                        weight.grad /= self.scale.value
            norm = float(torch.nn.utils.clip_grad_norm_(weights, self.phase.clip or math.inf))
            if self.scale.needed and not math.isfinite(norm):
                self.scale.overflowed()
                self._forget_gradients()
                return None
            self._check(norm, "gradient", step, numbers, tables)
            set_rates(self.optimizers, self.phase, rate)
            for optimizer in self.optimizers.values():
                optimizer.step()
            self._forget_gradients()
            self.scale.fine()
            self.copy_to_model()
        return norm

    def _forget_gradients(self) -> None:
        for weight in self.master.values():
            weight.grad = None

    def _check(
        self, value: float, name: str, step: int, numbers: Sequence[int], tables: Sequence[str]
    ) -> None:
        """A step that is not finite is never taken, so no checkpoint holds one."""
        if not math.isfinite(value):
            where = f"sequences {numbers[0]} to {numbers[-1]} of {', '.join(sorted({*tables}))}"
            raise HornbookError(
                f"{self.job.folder}: the {name} is not finite at step {step} ({where}); lower"
                " learning_rate or clip, or use --set train.phases.PHASE.precision=float32"
            )

    def copy_to_model(self) -> None:
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.data.copy_(self.master[name])

    def as_model(self) -> Phi:
        """The model with the master weights, in float32; learning goes on after `back_to_work`."""
        model = self.model.float().eval()
        # The way through 16 bits has rounded what is no weight.
        model.cos, model.sin = rotary_table(model.settings)
        self.copy_to_model()
        return model

    def back_to_work(self) -> None:
        self.model.to(self.type).train()


def count_tables(
    tally: Tally,
    tables: Sequence[str],
    rows_N: Tensor,
    losses_N: Tensor,
    targets_N: Tensor,
    sizes_V: Tensor | None,
) -> None:
    """Enter a micro-batch's losses under the table of each sequence; `rows_N` names the sequence."""
    sizes = torch.zeros_like(losses_N) if sizes_V is None else sizes_V[targets_N].float()
    columns = torch.stack([losses_N, torch.ones_like(losses_N), sizes], dim=1).double()
    sums = torch.zeros(len(tables), 3, dtype=torch.float64).index_add_(0, rows_N, columns)
    for table, (nats, tokens, size) in zip(tables, sums.tolist(), strict=True):
        tally.add(table, nats, tokens, size)
