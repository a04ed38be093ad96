"""`hornbook train verify-resume RUN[:ARM]`."""

from __future__ import annotations

import argparse

from hornbook.errors import ConfigError


def verify_resume(options: argparse.Namespace) -> int:
    """Prove it for the arm's last phase; exit code 1 where the bits differ."""
    from hornbook.recipes.named import named_arm

    named = named_arm(options.model, options.runs)
    if options.kills >= options.steps:
        raise ConfigError(
            f"--kills {options.kills}: must be under --steps {options.steps}, for each kill lets"
            " the training get further"
        )

    # Torch takes seconds to import; what is wrong with the question is said before.
    from hornbook.recipes.certificate import certify

    found = certify(named, options.steps, options.kills)
    print("\n".join(found.lines))
    return 0 if found.same else 1
