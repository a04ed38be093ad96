"""The loop: read, learn, step; one for pretraining and finetuning (phi-1 2.3).

Weights are kept in float32; where the processor computes in bfloat16 a copy of them does the
forward and backward pass. Everything that decides a number (order of data, threads, seeds) comes
from the settings, so the same phase gives the same losses on the same machine, resumed or not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from hornbook.errors import HornbookError
from hornbook.model.transformer import Phi, rotary_table
from hornbook.model.weights import save_model
from hornbook.randomness import seed_for
from hornbook.storage import write_json
from hornbook.tokens.batches import Batches
from hornbook.train.checkpoints import Checkpoint, copies, newest_checkpoint, write_checkpoint
from hornbook.train.config import PhaseSettings
from hornbook.train.loss import head_loss
from hornbook.train.meters import METERS, Meters, read_meters
from hornbook.train.optimizer import (
    build_optimizers,
    rate_at,
    restore_state,
    set_rates,
    state_tensors,
)
from hornbook.train.precision import compute_type

CHECKPOINTS = ".checkpoints"


@dataclass(frozen=True)
class PhaseResult:
    steps: int
    tokens: int
    first_loss: float
    last_loss: float
    """Mean of the last tenth of the phase."""
    weights_sha256: str
    precision: str


@dataclass(frozen=True)
class Job:
    """One phase to be trained: where, from which weights, on what."""

    folder: Path
    model: Phi
    batches: Batches
    phase: PhaseSettings
    seed: int
    on_progress: Callable[[int, int, float], None] = lambda done, total, loss: None


def sequences_of(phase: PhaseSettings, context: int) -> tuple[int, int]:
    """(steps, sequences a step) that make up the phase's tokens.

    >>> sequences_of(PhaseSettings(tokens=100_000, batch_tokens=4096), 256)
    (24, 16)
    """
    per_step = max(1, phase.batch_tokens // context)
    return max(1, round(phase.tokens / (per_step * context))), per_step


def train(job: Job) -> PhaseResult:
    """Train the phase to its end, from its newest checkpoint if there is one."""
    torch.set_num_threads(job.phase.threads)
    return Trainer(job).run()


class Trainer:
    def __init__(self, job: Job) -> None:
        self.job, self.phase = job, job.phase
        self.steps, self.per_step = sequences_of(job.phase, job.batches.context)
        self.type = compute_type(job.phase.precision)
        # The master weights: float32, what the optimizer moves and what is saved.
        self.master = {n: p.detach().clone().float() for n, p in job.model.named_parameters()}
        self.model = job.model.to(self.type).train()
        self.optimizers = build_optimizers(self.master, job.phase)

    def run(self) -> PhaseResult:
        folder = self.job.folder
        start = self._resume()
        meters = Meters(folder, start)
        saved = time.monotonic()
        try:
            for step in range(start, self.steps):
                began = time.monotonic()
                loss, norm = self._step(step)
                meters.add(self._row(step, loss, norm, time.monotonic() - began))
                done = (step + 1) * self.per_step * self.job.batches.context
                self.job.on_progress(done, self.tokens, loss)
                if (
                    time.monotonic() - saved > self.phase.checkpoint_seconds
                    and step + 1 < self.steps
                ):
                    meters.settle()
                    self._save(step + 1)
                    saved = time.monotonic()
        finally:
            meters.close()
        return self._finish(meters)

    @property
    def tokens(self) -> int:
        return self.steps * self.per_step * self.job.batches.context

    def _step(self, step: int) -> tuple[float, float]:
        """One step of the optimizer; returns (mean loss of a learnt token, gradient norm)."""
        torch.manual_seed(seed_for(self.job.seed, "dropout", step))
        inputs, targets = self._read(step)
        learnt = int((targets >= 0).sum())
        total = 0.0
        for first in range(0, len(inputs), self.phase.micro_batch):
            window = slice(first, first + self.phase.micro_batch)
            # Normalised over the whole step's tokens, so that micro-batches change nothing.
            loss = self._loss(inputs[window], targets[window], 1 / max(learnt, 1))
            loss.backward()  # type: ignore[no-untyped-call]
            self._collect()
            total += float(loss.detach())
        self._check(total, "loss", step)
        return total, self._update(step)

    def _check(self, value: float, name: str, step: int) -> None:
        """A step that is not finite is never taken, so no checkpoint holds one."""
        if not math.isfinite(value):
            raise HornbookError(
                f"{self.job.folder}: the {name} is not finite at step {step}; lower learning_rate"
                " or clip, or use --set train.phases.PHASE.precision=float32"
            )

    def _loss(self, inputs_BT: Tensor, targets_BT: Tensor, scale: float) -> Tensor:
        states, targets = self.model.hidden(inputs_BT).flatten(0, 1), targets_BT.flatten()
        chosen = targets >= 0
        if not bool(chosen.all()):
            # The head is the dearest part: run it only where something is learnt.
            states, targets = states[chosen], targets[chosen]
        return head_loss(states, self.model.lm_head, targets, scale)

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

    def _update(self, step: int) -> float:
        with torch.no_grad():
            norm = torch.nn.utils.clip_grad_norm_(list(self.master.values()), self.phase.clip)
            self._check(float(norm), "gradient", step)
            set_rates(self.optimizers, self.phase, rate_at(step, self.steps, self.phase))
            for optimizer in self.optimizers.values():
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            self._copy_to_model()
        return float(norm)

    def _read(self, step: int) -> tuple[Tensor, Tensor]:
        """(inputs [B, T], targets [B, T]); a target that is not learnt is -100."""
        rows = [
            self.job.batches.sequence(number)
            for number in range(step * self.per_step, (step + 1) * self.per_step)
        ]
        tokens = torch.stack([torch.from_numpy(row) for row, _ in rows])
        targets = tokens[:, 1:].clone()
        if not self.phase.learn_prompts:
            targets[~torch.stack([torch.from_numpy(learn) for _, learn in rows])] = -100
        return tokens[:, :-1], targets

    def _row(self, step: int, loss: float, norm: float, seconds: float) -> dict[str, float]:
        tokens = self.per_step * self.job.batches.context
        return {
            "step": step,
            "tokens": (step + 1) * tokens,
            "loss": loss,
            "gradient_norm": round(norm, 6),
            "rate": rate_at(step, self.steps, self.phase) * self.phase.learning_rate,
            "tokens_per_second": round(tokens / seconds, 1),
        }

    def _copy_to_model(self) -> None:
        for name, parameter in self.model.named_parameters():
            parameter.data.copy_(self.master[name])

    def _resume(self) -> int:
        logged = len(read_meters(self.job.folder / METERS))
        found = newest_checkpoint(self.job.folder / CHECKPOINTS, logged)
        with torch.no_grad():
            if found is not None:
                for name, weight in self.master.items():
                    weight.copy_(found.weights[name])
                restore_state(self.optimizers, found.optimizer)
            self._copy_to_model()
        return 0 if found is None else found.step

    def _save(self, step: int) -> None:
        state = state_tensors(self.optimizers)
        write_checkpoint(
            self.job.folder / CHECKPOINTS, Checkpoint(step, copies(self.master), state)
        )

    def _finish(self, meters: Meters) -> PhaseResult:
        import shutil

        losses = [row["loss"] for row in meters.rows]
        model = self.model.float().eval()
        # The way through bfloat16 has rounded what is no weight.
        model.cos, model.sin = rotary_table(model.settings)
        self._copy_to_model()
        digest = save_model(self.job.folder, model)
        write_json(self.job.folder / "losses.json", losses)
        shutil.rmtree(self.job.folder / CHECKPOINTS, ignore_errors=True)
        tail = losses[-max(1, len(losses) // 10) :]
        name = str(self.type).removeprefix("torch.")
        return PhaseResult(self.steps, self.tokens, losses[0], sum(tail) / len(tail), digest, name)
