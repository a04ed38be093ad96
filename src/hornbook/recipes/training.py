"""One phase of one arm as a stage of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.errors import ConfigError, DamagedFileError
from hornbook.recipes.lessons import batches_of, mixture_words
from hornbook.recipes.recipe import Recipe
from hornbook.stages import Counts, Stage, StageContext, StageResult
from hornbook.storage import read_json

if TYPE_CHECKING:
    from hornbook.model.transformer import Phi
    from hornbook.tokens import Batches, Tokenizer
    from hornbook.train.job import HeldOut, Job

VALIDATED_BY = {
    "code": "held_out-raw",
    "selected": "held_out-selected",
    "textbooks": "held_out-textbooks",
    "recorded": "held_out-exercises",
    "workbook": "held_out-exercises",
}
"""Which held-out text stands for which table of a mixture."""


@dataclass(frozen=True)
class ArmPhase:
    """A phase of an arm, and where its weights come from."""

    recipe: Recipe
    arm: str
    phase: str

    @property
    def before(self) -> str | None:
        """The stage it goes on from: the phase before it, or another arm's."""
        own = self.recipe.train.arms[self.arm]
        at = own.phases.index(self.phase)
        if at:
            return f"train/{self.arm}/{own.phases[at - 1]}"
        return None if own.start is None else f"train/{own.start}"

    @property
    def weights(self) -> Path | None:
        """The folder of a model from elsewhere that it goes on from."""
        named = self.recipe.train.arms[self.arm].weights
        return Path(named) if named is not None and self.before is None else None


def train_stage(recipe: Recipe, arm: str, phase: str, loggers: tuple[str, ...] = ()) -> Stage:
    """The stage `train/ARM/PHASE`."""
    lesson = ArmPhase(recipe, arm, phase)
    words = (f"{table} {part}" for table, part in mixture_words(recipe, phase).items())
    external = {"model": recipe.model.model_dump_json(), "mixture": ", ".join(words)}
    if lesson.weights is not None:
        external["weights"] = _weights_digest(lesson.weights, arm)
    return Stage(
        name=f"train/{arm}/{phase}",
        version="2",
        settings=recipe.train.phases[phase],
        work=partial(_train, lesson=lesson, loggers=loggers),
        inputs=("tokens",) if lesson.before is None else ("tokens", lesson.before),
        external=external,
        volatile=("meters.jsonl", "tensorboard"),
    )


def _weights_digest(folder: Path, arm: str) -> str:
    try:
        return str(read_json(folder / "config.json")["sha256"])
    except (OSError, KeyError, TypeError, DamagedFileError) as error:
        raise ConfigError(
            f"train.arms.{arm}.weights: {folder} is no model of ours; `hornbook model import` makes"
            " one of a folder in the transformers library's form"
        ) from error


def _train(context: StageContext, lesson: ArmPhase, loggers: tuple[str, ...]) -> StageResult:
    # Torch takes seconds to import, and a run with nothing to do needs none of it.
    from hornbook.train.loop import train

    job = open_job(context.folder, lesson, context.inputs)

    def show(done: int, total: int, loss: float) -> None:
        context.progress.advance(done, total, f"loss {loss:.2f}")

    result = train(replace(job, on_progress=show, loggers=loggers))
    facts = {
        **asdict(result),
        "mixture": mixture_words(lesson.recipe, lesson.phase),
        "parameters": lesson.recipe.model.parameters,
        "ledger": job.batches.ledger(result.tokens // job.batches.context).to_json(),
    }
    return StageResult({"steps": Counts(result.steps, result.steps)}, facts)


def open_job(folder: Path, lesson: ArmPhase, inputs: Mapping[str, Path]) -> Job:
    """The phase, ready to be trained in `folder`.

    `inputs` holds the folders of the tokens room and of the phase it goes on from. Raises
    `ConfigError` where tokenizer, tables, model and starting point do not fit together, or the best
    weights are wanted and there is nothing to choose them by.
    """
    from hornbook.tokens import Tokenizer
    from hornbook.train.job import Job

    recipe, phase = lesson.recipe, lesson.recipe.train.phases[lesson.phase]
    tokenizer = Tokenizer.load(inputs["tokens"] / "tokenizer.json")
    batches = batches_of(recipe, lesson.phase, inputs["tokens"])
    return Job(
        folder=folder,
        model=_first_model(lesson, inputs, tokenizer),
        batches=batches,
        phase=phase,
        seed=batches.seed,
        held_out=_held_out(lesson, batches, inputs["tokens"], tokenizer),
        token_bytes=tokenizer.byte_lengths(),
    )


def _first_model(lesson: ArmPhase, inputs: Mapping[str, Path], tokenizer: Tokenizer) -> Phi:
    from hornbook.model.transformer import Phi
    from hornbook.model.weights import load_model
    from hornbook.randomness import seed_for

    recipe, dropout = lesson.recipe, lesson.recipe.train.phases[lesson.phase].dropout
    if lesson.before is not None:
        return load_model(inputs[lesson.before], dropout)
    if lesson.weights is None:
        return Phi(recipe.model, dropout).initialise(seed_for(recipe.seed, "weights"))
    model = load_model(lesson.weights, dropout)
    _check_weights(lesson, model, tokenizer)
    return model


def _check_weights(lesson: ArmPhase, model: Phi, tokenizer: Tokenizer) -> None:
    """A model from elsewhere must have the recipe's shape and speak its tokenizer."""
    from hornbook.tokens import Tokenizer

    where = f"train.arms.{lesson.arm}.weights: {lesson.weights}"
    for name, wanted in lesson.recipe.model.model_dump().items():
        found = getattr(model.settings, name)
        if found != wanted:
            raise ConfigError(f"{where} has {name} {found}; set model.{name}, now {wanted}, to it")
    own = (lesson.weights or Path()) / "tokenizer.json"
    if not own.exists() or Tokenizer.load(own).digest != tokenizer.digest:
        raise ConfigError(
            f"{where} was trained with another tokenizer than this run's (or has none beside it);"
            f' set tokens.tokenizer = "{lesson.weights}"'
        )


def _held_out(lesson: ArmPhase, batches: Batches, tokens: Path, tokenizer: Tokenizer) -> HeldOut:
    """What stands for the mixture's tables, so far as there is any."""
    from hornbook.tokens import Batches, Mixture, Packed
    from hornbook.train.job import HeldOut

    weights: dict[str, float] = {}
    for table, share in batches.mixture.shares.items():
        name = VALIDATED_BY[table]
        weights[name] = weights.get(name, 0.0) + float(share)
    phase = lesson.recipe.train.phases[lesson.phase]
    wanted = phase.validation_tokens // batches.context
    tables = {}
    for name in weights:
        packed = Packed.open(tokens, name, tokenizer.digest)
        # Whole sequences of one reading; the last one's last target lies within the table too.
        count = min((len(packed) - 1) // batches.context, max(1, wanted))
        if count >= 1:
            tables[name] = Batches(Mixture({name: packed}, {name: 1.0}), batches.context, 0, count)
    if phase.select == "best" and not tables:
        raise ConfigError(
            f"train.phases.{lesson.phase}.select = best: {', '.join(sorted(weights))} hold less than"
            f" one sequence of {batches.context} tokens to choose by; hold out more (of exercises:"
            ' tokens.held_out_exercises), or set select = "last"'
        )
    return HeldOut(tables, {name: weights[name] for name in tables})
