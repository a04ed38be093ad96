"""`hornbook benchmarks list|import|verify`."""

from __future__ import annotations

import argparse

from hornbook.benchmarks import CATALOGUE, benchmark_folder, find, import_from
from hornbook.errors import ConfigError


def act(options: argparse.Namespace) -> int:
    folder = benchmark_folder()
    if options.action == "import":
        if options.folder is None:
            raise ConfigError(
                "hornbook benchmarks import FOLDER: name the folder that holds the files"
            )
        for entry, path in import_from(options.folder, folder):
            print(f"{entry.name}: {'imported into ' + str(folder) if path else 'not found'}")
        return 0
    for entry in CATALOGUE:
        path = find(entry, options.folder or folder)
        place = f"{path} (checksum right)" if path else "not at hand"
        print(f"{entry.name}: {entry.title}, {entry.problems} problems, {entry.licence}: {place}")
    return 0
