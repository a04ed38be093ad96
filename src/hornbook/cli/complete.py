"""`hornbook complete RUN[:ARM]`: what a trained model makes of a text."""

from __future__ import annotations

import argparse
import sys

from hornbook.errors import ConfigError


def complete(options: argparse.Namespace) -> int:
    """Print the prompt's greedy continuation, cut at the stop rule of the run's evaluation."""
    from hornbook.recipes.named import named_arm

    named = named_arm(options.model, options.runs)
    longest = named.recipe.model.context - 1
    if not 1 <= options.max_new_tokens <= longest:
        raise ConfigError(f"--max-new-tokens {options.max_new_tokens}: 1 to {longest} here")
    settings = named.recipe.evaluate.model_copy(update={"max_new_tokens": options.max_new_tokens})
    prompt = sys.stdin.read() if options.prompt is None else options.prompt

    # Torch takes seconds to import; what is wrong with the question is said before.
    from hornbook.recipes.local_subject import LocalSubject

    subject = LocalSubject(named.model, named.run / "tokens", settings.threads)
    print(subject.complete([prompt], settings, lambda done, total: None)[0].text)
    return 0
