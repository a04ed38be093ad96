"""What is to be trained, and how many steps that makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.errors import ConfigError
from hornbook.tokens.batches import Batches
from hornbook.train.config import PhaseSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hornbook.model.transformer import Phi


@dataclass(frozen=True)
class HeldOut:
    """Text that is looked at and never learnt: a table's batches, and what each counts."""

    tables: Mapping[str, Batches] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One phase to be trained: where, from which weights, on what."""

    folder: Path
    model: Phi
    batches: Batches
    phase: PhaseSettings
    seed: int
    on_progress: Callable[[int, int, float], None] = lambda done, total, loss: None
    """Called after each step with tokens done, tokens in all, and the step's loss."""
    on_checkpoint: Callable[[int, Path], None] = lambda step, model: None
    """Called with the steps taken and the folder of each model that is kept for good; after a
    resume it may be called again for a step it was called for before."""
    held_out: HeldOut = field(default_factory=HeldOut)
    token_bytes: NDArray[np.int32] | None = None
    """Bytes of each token's text, [V]: with them, losses are also given in bits a byte."""
    loggers: tuple[str, ...] = ()


def sequences_a_step(phase: PhaseSettings, context: int) -> int:
    """What the optimizer sees before it moves, in whole sequences."""
    return max(1, phase.batch_tokens // context)


def sequences_of(
    phase: PhaseSettings, context: int, by_epochs: int | None = None
) -> tuple[int, int]:
    """(steps of the schedule, sequences a step) that make up the phase's tokens.

    `by_epochs` is what the mixture's epochs come to, for a phase that names no tokens.

    >>> sequences_of(PhaseSettings(tokens=100_000, batch_tokens=4096), 256)
    (24, 16)
    """
    tokens = by_epochs if phase.tokens is None else phase.tokens
    if tokens is None:
        raise ConfigError(
            "train.phases: a phase needs `tokens`, unless its mixture is given in epochs"
        )
    per_step = sequences_a_step(phase, context)
    return max(1, round(tokens / (per_step * context))), per_step


def steps_taken(phase: PhaseSettings, schedule: int) -> int:
    """The steps that are really taken: the schedule's, or fewer where the phase stops before."""
    return schedule if phase.stop is None else min(phase.stop, schedule)
