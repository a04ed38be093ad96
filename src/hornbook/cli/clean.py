"""`hornbook clean`: empty the cache, or remove a run."""

from __future__ import annotations

import argparse
import shutil

from hornbook.recipes.folder import cache_folder, claimed, find_run


def clean(options: argparse.Namespace) -> int:
    if options.run:
        folder, _ = find_run(options.run, options.runs)
        with claimed(folder):
            shutil.rmtree(folder)
    else:
        folder = cache_folder()
        if folder.exists():
            shutil.rmtree(folder)
    print(f"removed {folder}")
    return 0
