"""A recipe: the whole run on one page. One table a room, in the order text flows."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from hornbook.config import Settings, override, scaled, settings_from
from hornbook.decontaminate.config import DecontaminateSettings
from hornbook.errors import ConfigError
from hornbook.evaluate.config import EvaluateSettings
from hornbook.model.config import ModelSettings
from hornbook.quality.config import QualitySettings
from hornbook.report.config import ReportSettings
from hornbook.sources.config import SourcesSettings
from hornbook.synthesis.config import SynthesisSettings
from hornbook.tokens.config import Epochs, TokensSettings
from hornbook.train.config import PhaseSettings

FolderName = Annotated[str, Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""A name that becomes a folder of the run, and can't lead out of it."""


class Phase(PhaseSettings):
    """A phase of training and the mixture it reads."""

    mixture: str = Field(description="Which of `tokens.mixtures` is read.")


class Arm(Settings):
    """One model of the run: the phases it goes through, perhaps from a point of another arm."""

    about: str = Field(description="One sentence for the report.")
    phases: tuple[str, ...] = Field(
        min_length=1, description="Names of `train.phases`, in order, each once."
    )
    start: str | None = Field(
        None, description="ARM/PHASE to go on from; without it weights are drawn from the seed."
    )
    weights: str | None = Field(
        None,
        description="Folder of a model to go on from, e.g. one that `hornbook model import` wrote.",
    )

    @model_validator(mode="after")
    def _begins_once(self) -> Arm:
        if self.start is not None and self.weights is not None:
            raise ValueError("an arm begins at `start` or with `weights`, not both")
        if len(set(self.phases)) < len(self.phases):
            raise ValueError("phases names one twice; give the second a name of its own")
        return self


class TrainTable(Settings):
    """The `[train]` table: phases, and the arms made of them."""

    phases: dict[FolderName, Phase] = Field(min_length=1, description="Name -> phase.")
    arms: dict[FolderName, Arm] = Field(
        min_length=1, description="Name -> the phases of one model."
    )
    default_arm: str = Field(
        description="The arm that is meant where none is named; the report's headline is about it."
    )
    compare: tuple[tuple[str, str], ...] = Field(
        (), description="Pairs of arms whose difference is reported, first minus second."
    )


class Recipe(Settings):
    """Everything that decides a run's bytes."""

    name: FolderName = Field(description="Name of the run's folder, unless --name gives another.")
    title: str = Field(description="Heading of the report.")
    seed: int = Field(1, ge=0, description="Every random choice of the run follows from it.")
    sources: SourcesSettings
    quality: QualitySettings
    synthesis: SynthesisSettings
    decontaminate: DecontaminateSettings
    tokens: TokensSettings
    model: ModelSettings
    train: TrainTable
    evaluate: EvaluateSettings
    report: ReportSettings

    @model_validator(mode="after")
    def _names_fit(self) -> Recipe:
        phases, arms, mixtures = self.train.phases, self.train.arms, self.tokens.mixtures
        for name, phase in phases.items():
            if phase.mixture not in mixtures:
                raise ValueError(
                    f"train.phases.{name} reads the mixture `{phase.mixture}`, which tokens.mixtures lacks"
                )
            by_epochs = any(isinstance(e, Epochs) for e in mixtures[phase.mixture].values())
            if phase.tokens is None and not by_epochs:
                raise ValueError(
                    f"train.phases.{name} needs `tokens`, unless its mixture is given in epochs"
                )
        for name, arm in arms.items():
            for phase_name in arm.phases:
                if phase_name not in phases:
                    raise ValueError(
                        f"train.arms.{name} names the phase `{phase_name}`, which train.phases lacks"
                    )
            if arm.start is not None:
                other, _, at = arm.start.partition("/")
                if other not in arms or at not in arms[other].phases:
                    raise ValueError(
                        f"train.arms.{name} starts from `{arm.start}`, which is no ARM/PHASE of this recipe"
                    )
        self._begin_somewhere()
        if self.evaluate.max_new_tokens >= self.model.context:
            raise ValueError(
                f"evaluate.max_new_tokens ({self.evaluate.max_new_tokens}) must be under"
                f" model.context ({self.model.context})"
            )
        for arm_name in (self.train.default_arm, *(a for pair in self.train.compare for a in pair)):
            if arm_name not in arms:
                raise ValueError(f"train names the arm `{arm_name}`, which train.arms lacks")
        return self

    def _begin_somewhere(self) -> None:
        """No arm may start from itself, be it by way of others."""
        for name in self.train.arms:
            at, gone = name, [name]
            while (start := self.train.arms[at].start) is not None:
                at = start.partition("/")[0]
                if at in gone:
                    raise ValueError(f"train.arms.{name}: starts from itself ({' <- '.join(gone)})")
                gone.append(at)

    def planned_tokens(self, phase: str) -> int | None:
        """Tokens that a phase reads; None where that depends on what its mixture holds."""
        settings = self.train.phases[phase]
        if settings.tokens is None or settings.stop is None:
            return settings.tokens
        return min(settings.tokens, settings.stop * settings.batch_tokens)

    def lineage(self, arm: str) -> list[tuple[str, str]]:
        """(arm, phase) of all that an arm's model went through, before its starting point too."""
        own = self.train.arms[arm]
        through = [(arm, phase) for phase in own.phases]
        if own.start is None:
            return through
        other, _, at = own.start.partition("/")
        before = self.lineage(other)
        return before[: before.index((other, at)) + 1] + through


def built_in() -> list[str]:
    """Names of the recipes that ship with the program."""
    return sorted(
        path.name.removesuffix(".toml")
        for path in files("hornbook.recipes").iterdir()
        if path.name.endswith(".toml")
    )


def load_recipe(name: str, assignments: Sequence[str] = (), scale: float = 1.0) -> Recipe:
    """The recipe called `name`, or in the file `name`, with overrides and scale applied.

    Raises `ConfigError` for a recipe that does not exist, is no TOML, or has a wrong key, type,
    range or reference.
    """
    if not 0 < scale <= 1000:
        raise ConfigError(f"--scale {scale:g}: must be above 0 and at most 1000")
    table, where = _read(name)
    table = override(table, list(assignments))
    recipe = scaled(settings_from(Recipe, table, where), scale)
    return recipe if scale == 1 else recipe.model_copy(update={"name": f"{recipe.name}-{scale:g}"})


def resolved(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain JSON, with every default spelled out."""
    return dict(json.loads(recipe.model_dump_json()))


def _read(name: str) -> tuple[dict[str, Any], str]:
    if name in built_in():
        text = (files("hornbook.recipes") / f"{name}.toml").read_text(encoding="utf-8")
        return tomllib.loads(text), f"recipe {name}"
    path = Path(name)
    if not path.is_file():
        raise ConfigError(
            f"no recipe `{name}`: neither a file nor one of ours ({', '.join(built_in())})"
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), str(path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML ({error})") from error
