"""`hornbook why ROW`."""

from __future__ import annotations

import argparse

from hornbook.recipes.folder import find_run, the_run
from hornbook.recipes.story import tell


def why(options: argparse.Namespace) -> int:
    run = find_run(options.run, options.runs)[0] if options.run else the_run(options.runs)
    for line in tell(run, options.row):
        print(line)
    return 0
