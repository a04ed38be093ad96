"""One phase of one arm as a stage of the run."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from hornbook.recipes.recipe import Recipe
from hornbook.stages import Counts, Stage, StageContext, StageResult


def train_stage(recipe: Recipe, arm: str, phase: str) -> Stage:
    """The stage `train/ARM/PHASE`, which starts from the phase before it or from another arm's."""
    phases = recipe.train.arms[arm].phases
    at = phases.index(phase)
    before = f"train/{arm}/{phases[at - 1]}" if at else None
    if before is None and (start := recipe.train.arms[arm].start) is not None:
        before = f"train/{start}"
    return Stage(
        name=f"train/{arm}/{phase}",
        version="1",
        settings=recipe.train.phases[phase],
        work=partial(_train, recipe=recipe, phase_name=phase, before=before),
        inputs=("tokens",) if before is None else ("tokens", before),
        external={"model": recipe.model.model_dump_json(), "mixture": _mixture_text(recipe, phase)},
        volatile=("meters.jsonl",),
    )


def _mixture_text(recipe: Recipe, phase: str) -> str:
    shares = recipe.tokens.mixtures[recipe.train.phases[phase].mixture]
    return ", ".join(f"{table} {share:g}" for table, share in sorted(shares.items()))


def _train(
    context: StageContext, recipe: Recipe, phase_name: str, before: str | None
) -> StageResult:
    # Torch takes seconds to import, and a run with nothing to do needs none of it.
    from hornbook.errors import ConfigError
    from hornbook.model.transformer import Phi
    from hornbook.model.weights import load_model
    from hornbook.randomness import seed_for
    from hornbook.tokens import Batches, Mixture, Packed, Tokenizer
    from hornbook.train.loop import Job, sequences_of, train

    phase = recipe.train.phases[phase_name]
    folder = context.inputs["tokens"]
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    if tokenizer.vocab_size > recipe.model.vocab_size:
        raise ConfigError(
            f"model.vocab_size ({recipe.model.vocab_size}) is smaller than the tokenizer's"
            f" ({tokenizer.vocab_size}); raise it or lower tokens.vocab_size"
        )
    shares = recipe.tokens.mixtures[phase.mixture]
    tables = {name: Packed.open(folder, name, tokenizer.digest) for name in shares}
    empty = [name for name, table in tables.items() if not table.documents]
    if empty:
        raise ConfigError(f"mixture `{phase.mixture}`: nothing is left in {', '.join(empty)}")
    if before is None:
        model = Phi(recipe.model, phase.dropout).initialise(seed_for(context.seed, "weights"))
    else:
        model = load_model(context.inputs[before], phase.dropout)
    steps, per_step = sequences_of(phase, recipe.model.context)
    seed = seed_for(context.seed, "train", phase_name)
    batches = Batches(Mixture(tables, shares), recipe.model.context, seed, steps * per_step)

    def show(done: int, total: int, loss: float) -> None:
        context.progress.advance(done, total, f"loss {loss:.2f}")

    result = train(Job(context.folder, model, batches, phase, seed, show))
    counts = {"steps": Counts(steps, result.steps)}
    return StageResult(
        counts, {**asdict(result), "mixture": dict(shares), "parameters": recipe.model.parameters}
    )
