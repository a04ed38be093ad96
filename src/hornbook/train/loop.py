"""The loop: one for pretraining and finetuning (phi-1 2.3).

Everything that decides a number (order of data, threads, seeds) comes from the settings, so the same
phase gives the same losses on the same machine, resumed or not.
"""

from __future__ import annotations

import math
import shutil
import time
from dataclasses import dataclass
from typing import Any

import torch

from hornbook.model.weights import save_model
from hornbook.storage import write_json
from hornbook.train.checkpoints import (
    CHECKPOINTS,
    Best,
    Checkpoint,
    newest_checkpoint,
    read_best,
    write_best,
    write_checkpoint,
)
from hornbook.train.job import Job, sequences_of, steps_taken
from hornbook.train.learner import Learner
from hornbook.train.loggers import open_loggers
from hornbook.train.memory import check_memory, explained
from hornbook.train.meters import (
    METERS,
    WINDOW,
    Meters,
    is_spike,
    memory_mb,
    read_meters,
    validations,
)
from hornbook.train.optimizer import restore_state, state_tensors
from hornbook.train.validation import validate

SNAPSHOTS = "snapshots"


@dataclass(frozen=True)
class PhaseResult:
    steps: int
    tokens: int
    first_loss: float
    last_loss: float
    """Mean of the last tenth of the phase."""
    weights_sha256: str
    precision: str
    model_step: int
    """Steps after which the phase's model had its weights: the last, or the best."""
    held_out_loss: float | None
    """Of those weights, in nats a token; None without held-out text."""
    spikes: int
    """Steps whose loss stood far above those before."""


def train(job: Job) -> PhaseResult:
    """Train the phase to its end, from its newest checkpoint if there is one.

    Raises `ResourceError` where the memory can't or does not do, `DamagedFileError` for a
    checkpoint of another shape, and `HornbookError` for a loss that is not finite.
    """
    torch.set_num_threads(job.phase.threads)
    check_memory(job)
    with explained(job):
        return Trainer(job).run()


class Trainer:
    def __init__(self, job: Job) -> None:
        self.job, self.phase = job, job.phase
        by_epochs = job.batches.mixture.tokens_by_epochs()
        schedule, self.per_step = sequences_of(job.phase, job.batches.context, by_epochs)
        self.steps = steps_taken(job.phase, schedule)
        self.learner = Learner(job, schedule, self.per_step)
        self.best: Best | None = None
        self.checkpoints = job.folder / CHECKPOINTS

    def run(self) -> PhaseResult:
        start = self._resume()
        meters = Meters(self.job.folder, start)
        loggers = open_loggers(self.job, start)
        self.saved = time.monotonic()
        try:
            for step in range(start, self.steps):
                row = self._step(step, [row["loss"] for row in meters.rows[-WINDOW:]])
                meters.add(row)
                loggers.add(row)
                self.job.on_progress((step + 1) * self._step_tokens, self.tokens, row["loss"])
                self._keep(step + 1, meters)
            return self._finish(meters)
        finally:
            meters.close()
            loggers.close()

    @property
    def _step_tokens(self) -> int:
        return self.per_step * self.job.batches.context

    @property
    def tokens(self) -> int:
        return self.steps * self._step_tokens

    def _step(self, step: int, before: list[float]) -> dict[str, Any]:
        began = time.monotonic()
        measured = self.learner.step(step)
        seconds = time.monotonic() - began
        row = {"step": step, "tokens": (step + 1) * self._step_tokens, **measured}
        row["tokens_per_second"] = round(self._step_tokens / seconds, 1)
        row["memory_mb"] = memory_mb()
        if is_spike(before, row["loss"]):
            row["spike"] = True
        if self._is_due(step + 1, self.phase.validate_every) and self.job.held_out.tables:
            row["validation"] = validate(self.learner, self.job.held_out)
            self._remember_best(step + 1, row["validation"]["loss"])
        return row

    def _is_due(self, step: int, every: int) -> bool:
        return step == self.steps or (every > 0 and step % every == 0)

    def _remember_best(self, step: int, loss: float | None) -> None:
        if self.phase.select != "best" or loss is None or not math.isfinite(loss):
            return
        if self.best is None or loss < self.best.loss:
            self.best = write_best(self.checkpoints, step, loss, self.learner.master)

    def _keep(self, step: int, meters: Meters) -> None:
        """Write what is due after a step: a model for good, a state to go on from."""
        if self.phase.keep_every and step % self.phase.keep_every == 0 and step < self.steps:
            folder = self.job.folder / SNAPSHOTS / f"step-{step:08d}"
            shutil.rmtree(folder, ignore_errors=True)  # what a kill left there
            save_model(folder, self.learner.as_model())
            self.learner.back_to_work()
            self.job.on_checkpoint(step, folder)
        if step == self.steps or time.monotonic() - self.saved > self.phase.checkpoint_seconds:
            meters.settle()
            self._save(step)
            self.saved = time.monotonic()

    def _save(self, step: int) -> None:
        learner = self.learner
        memory = state_tensors(learner.optimizers)
        state = Checkpoint(step, learner.master, memory, learner.scale.state(), self.best)
        write_checkpoint(self.checkpoints, state)

    def _resume(self) -> int:
        logged = len(read_meters(self.job.folder / METERS))
        found = newest_checkpoint(self.checkpoints, logged, self.learner.master)
        if found is None:
            return 0
        with torch.no_grad():
            for name, weight in self.learner.master.items():
                weight.copy_(found.weights[name])
        restore_state(self.learner.optimizers, found.optimizer)
        self.learner.scale.restore(found.scale)
        self.learner.copy_to_model()
        self.best = found.best
        return found.step

    def _finish(self, meters: Meters) -> PhaseResult:
        """Write the phase's model. The last checkpoint stays, for whoever is killed from here on."""
        rows = meters.rows
        losses = [row["loss"] for row in rows]
        looks = validations(rows)
        model_step, held_out = self.steps, looks[-1]["loss"] if looks else None
        if self.best is not None:
            model_step, held_out = self.best.step, self.best.loss
            for name, weight in read_best(self.checkpoints, self.best).items():
                self.learner.master[name].copy_(weight)
        digest = save_model(self.job.folder, self.learner.as_model())
        write_json(self.job.folder / "losses.json", losses)
        write_json(self.job.folder / "validation.json", looks)
        self.job.on_checkpoint(model_step, self.job.folder)
        tail = losses[-max(1, len(losses) // 10) :]
        return PhaseResult(
            steps=self.steps,
            tokens=self.tokens,
            first_loss=losses[0],
            last_loss=sum(tail) / len(tail),
            weights_sha256=digest,
            precision=str(self.learner.type).removeprefix("torch."),
            model_step=model_step,
            held_out_loss=held_out,
            spikes=sum(1 for row in rows if row.get("spike")),
        )
