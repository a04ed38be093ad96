"""What generated code commonly imports, loaded once and shared by every child.

`random` asks to be seeded anew after each fork. It isn't here: a solution finds the same numbers in
every run, so a check that is done again ends the same way.
"""

from __future__ import annotations

import importlib
import os

_MODULES = """
array bisect cmath collections copy dataclasses datetime decimal enum fractions functools heapq itertools
json math operator random re statistics string typing
""".split()


def preload() -> None:
    kept = os.register_at_fork
    os.register_at_fork = lambda **hooks: None
    try:
        for name in _MODULES:
            importlib.import_module(name)
    finally:
        os.register_at_fork = kept
