"""Problems, their licences and checksums; no scoring, no model."""

from hornbook.benchmarks.catalogue import CATALOGUE, Entry, entry
from hornbook.benchmarks.load import load, load_problem_file
from hornbook.benchmarks.own import load_own, problems_named
from hornbook.benchmarks.place import Found, benchmark_folder, find, import_from, survey

__all__ = [
    "CATALOGUE",
    "Entry",
    "Found",
    "benchmark_folder",
    "entry",
    "find",
    "import_from",
    "load",
    "load_own",
    "load_problem_file",
    "problems_named",
    "survey",
]
