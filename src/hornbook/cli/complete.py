"""`hornbook complete RUN[:ARM]`: what a trained model makes of a text."""

from __future__ import annotations

import argparse
import sys

from hornbook.errors import ConfigError


def complete(options: argparse.Namespace) -> int:
    """Print the prompt's greedy continuation, cut at the stop rule of the run's evaluation."""
    from hornbook.config import settings_from
    from hornbook.recipes.folder import RECIPE, find_run
    from hornbook.recipes.recipe import Recipe
    from hornbook.storage import read_json

    run, named = find_run(options.model, options.runs)
    recipe = settings_from(Recipe, read_json(run / RECIPE), str(run / RECIPE))
    name = named or recipe.train.default_arm
    arm = recipe.train.arms.get(name)
    if arm is None:
        raise ConfigError(f"{run}: no arm `{name}` (it has {', '.join(recipe.train.arms)})")
    longest = recipe.model.context - 1
    if not 1 <= options.max_new_tokens <= longest:
        raise ConfigError(f"--max-new-tokens {options.max_new_tokens}: 1 to {longest} here")
    settings = recipe.evaluate.model_copy(update={"max_new_tokens": options.max_new_tokens})
    prompt = sys.stdin.read() if options.prompt is None else options.prompt

    # Torch takes seconds to import; what is wrong with the question is said before.
    from hornbook.recipes.local_subject import LocalSubject

    folder = run / "train" / name / arm.phases[-1]
    subject = LocalSubject(folder, run / "tokens", settings.threads)
    print(subject.complete([prompt], settings, lambda done, total: None)[0].text)
    return 0
