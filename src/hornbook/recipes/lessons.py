"""What a phase of a run reads, from the recipe and the packed tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hornbook.errors import ConfigError, DamagedFileError
from hornbook.randomness import seed_for
from hornbook.recipes.recipe import Recipe
from hornbook.stages import Manifest
from hornbook.storage import read_json
from hornbook.tokens import Batches, Epochs, Ledger, Mixture, Packed, Tokenizer
from hornbook.train.job import sequences_of

TOKENIZER = "tokenizer.json"


def batches_of(
    recipe: Recipe,
    phase_name: str,
    tokens_folder: Path,
    opened: dict[str, Packed] | None = None,
) -> Batches:
    """The sequences of a phase, those of its whole schedule.

    `opened` keeps tables from one call to the next, for opening one reads it whole. Raises
    `ConfigError` where the model has fewer rows than the tokenizer has ids, or a table of the
    mixture is empty.
    """
    phase = recipe.train.phases[phase_name]
    tokenizer = Tokenizer.load(tokens_folder / TOKENIZER)
    if tokenizer.vocab_size > recipe.model.vocab_size:
        raise ConfigError(
            f"model.vocab_size ({recipe.model.vocab_size}) is smaller than the tokenizer's"
            f" ({tokenizer.vocab_size}); raise it, or lower tokens.vocab_size of an own tokenizer"
        )
    wanted = recipe.tokens.mixtures[phase.mixture]
    tables = {} if opened is None else opened
    for name in wanted:
        if name not in tables:
            tables[name] = Packed.open(tokens_folder, name, tokenizer.digest)
    empty = [name for name in wanted if not tables[name].documents]
    if empty:
        raise ConfigError(f"mixture `{phase.mixture}`: nothing is left in {', '.join(empty)}")
    mixture = Mixture.of({name: tables[name] for name in wanted}, wanted)
    context = recipe.model.context
    steps, per_step = sequences_of(phase, context, mixture.tokens_by_epochs())
    seed = seed_for(recipe.seed, "train", phase_name)
    return Batches(mixture, context, seed, steps * per_step)


def mixture_words(recipe: Recipe, phase_name: str) -> dict[str, float | str]:
    """Each table's share, or its epochs in words; for manifests and reports."""
    wanted = recipe.tokens.mixtures[recipe.train.phases[phase_name].mixture]
    return {
        name: f"{each.epochs:g} epochs" if isinstance(each, Epochs) else each
        for name, each in sorted(wanted.items())
    }


@dataclass(frozen=True)
class PhaseRead:
    """What one phase on a model's way has read, as far as the model goes back to it."""

    arm: str
    phase: str
    steps: int
    """Steps taken when the phase's model had its weights."""
    finished: bool
    sequences_a_step: int
    ledger: Ledger
    tables: tuple[str, ...]


def read_by(recipe: Recipe, run: Path, arm: str, opened: dict[str, Packed]) -> Iterator[PhaseRead]:
    """Phase by phase, what an arm's model has read so far, before its starting point too.

    A phase that is not finished counts up to its newest checkpoint; one whose best weights were
    chosen, up to those.
    """
    for of_arm, phase in recipe.lineage(arm):
        folder = run / "train" / of_arm / phase
        batches = batches_of(recipe, phase, run / "tokens", opened)
        manifest = Manifest.read(folder)
        settings = recipe.train.phases[phase]
        _, per_step = sequences_of(settings, batches.context, batches.mixture.tokens_by_epochs())
        if manifest is None:
            steps = _newest_step(folder)
        else:
            steps = _model_step(folder, manifest, batches, per_step)
        sequences = min(steps * per_step, batches.sequences)
        yield PhaseRead(
            arm=of_arm,
            phase=phase,
            steps=steps,
            finished=manifest is not None,
            sequences_a_step=per_step,
            ledger=batches.ledger(sequences),
            tables=tuple(sorted(batches.mixture.shares)),
        )


def _model_step(folder: Path, manifest: Manifest, batches: Batches, per_step: int) -> int:
    """Steps after which a finished phase's model had its weights.

    Raises `ConfigError` where it has read something else than what the recipe says now.
    """
    facts = manifest.facts
    sequences = min(int(facts["steps"]) * per_step, batches.sequences)
    if facts.get("ledger") != batches.ledger(sequences).to_json():
        raise ConfigError(
            f"{folder}: trained before the recipe or the tokens changed, or by an older version;"
            " `hornbook train` does it again"
        )
    return int(facts["model_step"])


def _newest_step(folder: Path) -> int:
    """Steps that the newest checkpoint of an unfinished phase has taken; 0 without one."""
    steps = [0]
    for path in folder.glob(".checkpoints/step-*/checkpoint.json"):
        # It may be removed, or half there, while the phase goes on.
        with suppress(DamagedFileError, OSError, KeyError, TypeError, ValueError):
            steps.append(int(read_json(path)["step"]))
    return max(steps)
