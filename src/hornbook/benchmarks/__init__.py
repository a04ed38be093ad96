"""Problems, their licences and checksums; no scoring, no model."""

from hornbook.benchmarks.catalogue import CATALOGUE, Entry, entry
from hornbook.benchmarks.load import load, load_problem_file
from hornbook.benchmarks.place import benchmark_folder, find, import_from

__all__ = [
    "CATALOGUE",
    "Entry",
    "benchmark_folder",
    "entry",
    "find",
    "import_from",
    "load",
    "load_problem_file",
]
