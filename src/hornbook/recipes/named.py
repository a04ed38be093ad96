"""What somebody means by RUN[:ARM]."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.recipes.folder import RECIPE, find_run
from hornbook.recipes.recipe import Recipe
from hornbook.storage import read_json


@dataclass(frozen=True)
class NamedArm:
    """An arm of a run on disk."""

    run: Path
    recipe: Recipe
    arm: str

    @property
    def model(self) -> Path:
        """The folder of the arm's model, there or not."""
        return self.run / "train" / self.arm / self.recipe.train.arms[self.arm].phases[-1]


def named_arm(name: str, runs: Path) -> NamedArm:
    """The arm `RUN[:ARM]`; without ARM the recipe's default.

    Raises `ConfigError` where there is no such run or arm.
    """
    run, named = find_run(name, runs)
    recipe = settings_from(Recipe, read_json(run / RECIPE), str(run / RECIPE))
    arm = named or recipe.train.default_arm
    if arm not in recipe.train.arms:
        raise ConfigError(f"{run}: no arm `{arm}` (it has {', '.join(recipe.train.arms)})")
    return NamedArm(run, recipe, arm)
