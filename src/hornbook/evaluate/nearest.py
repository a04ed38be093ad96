"""How far a family's held-out problems are from the nearest exercise that was trained on.

A score on problems that resemble the training data says less than one on problems that don't;
the distance stands beside each family's score so that the reader can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from hornbook.records import Exercise, Problem
from hornbook.similarity.syntax import functions_of


def nearest_distances(
    problems: Sequence[Problem], exercises: Sequence[Exercise]
) -> dict[str, float]:
    """For each family the median, over its problems, of 1 - the best AST match rate
    (`node_seq_lev`) with any training exercise. 0 means the same shape; constants and names don't
    count here, for an exercise with the same tree in full was never trained on.
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    shapes = sorted({_shape(exercise.program) for exercise in exercises} - {""})
    if not shapes:
        return {}
    targets = [_shape(problem.prompt + problem.canonical_solution) for problem in problems]
    rates = cdist(targets, shapes, scorer=Levenshtein.normalized_similarity, workers=1)
    by_family: dict[str, list[float]] = defaultdict(list)
    for problem, best in zip(problems, rates.max(axis=1), strict=True):
        by_family[problem.family].append(1.0 - float(best))
    return {family: round(median(values), 4) for family, values in sorted(by_family.items())}


def _shape(program: str) -> str:
    found = functions_of(program)
    return found[0].nodes if found else ""
