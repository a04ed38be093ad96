"""Why a text has its score: what it would be if one thing about it were as usual.

Each number of the text's vector is put to its mean over the judged excerpts, one at a time; what
that changes is what the number said for or against the text. This works for any classifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hornbook.quality.filter import Filter, is_generated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST = 5
LEAST = 0.01
"""Points of the scale; what changes less is not told."""


@dataclass(frozen=True)
class Reason:
    """What a text's number `name` adds to its score, and the number beside its usual value."""

    name: str
    effect: float
    value: float
    usual: float

    def sentence(self) -> str:
        return f"{self.effect:+.2f} {self.name.replace('_', ' ')}: {self.value:.3g} (usual {self.usual:.3g})"


@dataclass(frozen=True)
class Explained:
    """A piece of a text with its score."""

    score: float
    first_line: int
    last_line: int
    generated: bool
    reasons: list[Reason]


def explain(made: Filter, text: str) -> list[Explained]:
    """The reasons for each piece of `text`: those that weigh most, for and against."""
    found, line = [], 1
    for piece in made.pieces(text):
        last = line + piece.count("\n") - (1 if piece.endswith("\n") else 0)
        generated = made.ruled and is_generated(piece)
        score = float(made.scores([piece])[0])
        found.append(Explained(score, line, last, generated, _reasons(made, piece)))
        line += piece.count("\n")
    return found


def _reasons(made: Filter, piece: str) -> list[Reason]:
    import numpy as np

    usual = made.usual
    if usual is None:
        return []
    vector = made.embed([piece])[0]
    # Where a number is as usual already, nothing would change.
    places = np.flatnonzero(np.abs(vector - usual) > 1e-6)
    changed = np.tile(vector, (len(places) + 1, 1))
    changed[np.arange(len(places)), places] = usual[places]
    scores = made.classifier.predict(changed)
    effects = scores[-1] - scores[:-1]
    order = [at for at in np.argsort(-np.abs(effects)) if abs(effects[at]) >= LEAST][:MOST]
    names = made.names
    return [
        Reason(
            names[places[at]],
            float(effects[at]),
            float(vector[places[at]]),
            float(usual[places[at]]),
        )
        for at in order
    ]
