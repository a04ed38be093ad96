"""Training text against benchmarks: n-grams, syntax, trees, tests (phi-1 5)."""

from hornbook.decontaminate.config import DecontaminateSettings
from hornbook.decontaminate.index import ProblemSet
from hornbook.decontaminate.stage import run

__all__ = ["DecontaminateSettings", "ProblemSet", "run"]
