"""A random forest on embeddings that gives the score a teacher would give (phi-1 2.1).

Two learners, one on the other. Words are many and each says little, so a ridge regression turns
them into one number, the word score; the forest reads it beside what layout and syntax say. The
forest learns from word scores that other excerpts' judgements gave, for those of its own would
look too good.

scikit-learn grows the trees. They are kept as plain arrays: the file is the same bytes for the
same forest, holds nothing that could run, and a score does not depend on a library's version.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.embed import CodeEmbedder
from hornbook.errors import DamagedFileError
from hornbook.quality.config import QualitySettings
from hornbook.randomness import seed_for
from hornbook.storage import write_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]

EMBEDDER = CodeEmbedder(name_buckets=4096, prose_buckets=2048)
_ARRAYS = ("weights", "base", "roots", "feature", "threshold", "left", "right", "value")


@dataclass(frozen=True)
class Forest:
    """Trees over what `EMBEDDER` says of a text."""

    weights: Floats
    """[words] of the word model."""
    base: Floats
    """[1], the word score of a text without words."""
    roots: NDArray[np.int32]
    """[trees], each tree's first node; nodes of all trees lie one after another."""
    feature: NDArray[np.int32]
    """[nodes], what is looked at; negative in a leaf."""
    threshold: Floats
    """[nodes]; up to it a text goes left."""
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats
    """[nodes], the mean score of the excerpts in a leaf."""

    def predict(self, vectors: Vectors) -> Floats:
        """Scores of texts, [texts], from their vectors, [texts, EMBEDDER.dimension].

        A text's score does not depend on which others are asked with it.
        """
        import numpy as np

        inputs = self._inputs(vectors)
        rows = np.arange(len(inputs))[:, None]
        at = np.tile(self.roots, (len(inputs), 1))
        while (inner := self.feature[at] >= 0).any():
            seen = inputs[rows, np.maximum(self.feature[at], 0)]
            below = np.where(seen <= self.threshold[at], self.left[at], self.right[at])
            at = np.where(inner, below, at)
        scores: Floats = self.value[at].mean(axis=1)
        return scores

    def _inputs(self, vectors: Vectors) -> Vectors:
        import numpy as np

        shapes, words = _parts(vectors)
        return np.column_stack([shapes, _word_scores(words, self.weights, self.base)])

    def save(self, path: Path) -> None:
        from safetensors.numpy import save

        tensors = {name: getattr(self, name) for name in _ARRAYS}
        write_bytes(path, save(tensors, {"about": json.dumps({"embedder": EMBEDDER.name})}))

    @classmethod
    def load(cls, path: Path) -> Forest:
        """Raises `DamagedFileError` for a file that is no forest, or one for other vectors."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(path), "numpy") as file:
                embedder = json.loads((file.metadata() or {})["about"])["embedder"]
                forest = cls(**{name: file.get_tensor(name) for name in _ARRAYS})
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            raise DamagedFileError(f"{path}: not a forest ({error}); fit it again") from error
        if embedder != EMBEDDER.name or not forest._is_sound():
            raise DamagedFileError(
                f"{path}: a forest for vectors of {embedder}, not {EMBEDDER.name}; fit it again"
            )
        return forest

    def _is_sound(self) -> bool:
        """Whether every walk ends in a leaf and looks at what is there."""
        import numpy as np

        nodes, width = len(self.feature), EMBEDDER.dimension - EMBEDDER.words + 1
        columns = (self.threshold, self.left, self.right, self.value)
        if len(self.weights) != EMBEDDER.words or any(len(each) != nodes for each in columns):
            return False
        inner = np.flatnonzero(self.feature >= 0)
        # Children come after their parent, so no walk goes round in circles.
        children = np.concatenate([self.left[inner] - inner, self.right[inner] - inner])
        ends = np.concatenate([self.left[inner], self.right[inner], self.roots, self.feature * 0])
        return bool(
            (children > 0).all()
            and ((ends >= 0) & (ends < nodes)).all()
            and (self.feature < width).all()
        )


def fit_forest(
    vectors: Vectors,
    scores: Sequence[float],
    groups: Sequence[str],
    settings: QualitySettings,
    seed: int,
    workers: int = 1,
) -> Forest:
    """The forest for judged excerpts. `groups` holds the distribution of each.

    The number of workers changes no bit of it.
    """
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    shapes, words = _parts(vectors)
    targets = np.asarray(scores, np.float64)
    weights, base = _ridge(words, targets, settings.ridge)
    inputs = np.column_stack([shapes, _unseen_word_scores(words, targets, groups, settings)])
    grown = RandomForestRegressor(
        settings.trees,
        max_features=settings.features_per_split,
        min_samples_leaf=settings.leaf,
        random_state=seed_for(seed, "forest") % 2**32,
        n_jobs=workers,
    ).fit(inputs, targets)
    trees = [tree.tree_ for tree in grown.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1].astype(np.int32)

    def whole(name: str) -> NDArray[np.int32]:
        parts = [getattr(tree, name) for tree in trees]
        moved = [
            np.where(part >= 0, part + root, part) for part, root in zip(parts, roots, strict=True)
        ]
        return np.concatenate(moved).astype(np.int32)

    return Forest(
        weights=weights,
        base=base,
        roots=roots,
        feature=np.concatenate([tree.feature for tree in trees]).astype(np.int32),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        left=whole("children_left"),
        right=whole("children_right"),
        value=np.concatenate([tree.value[:, 0, 0] for tree in trees]),
    )


def folds_of(groups: Sequence[str], folds: int) -> list[tuple[list[int], list[int]]]:
    """(learn from, judge) pairs of row numbers; no group stands on both sides.

    >>> folds_of(["a", "b", "a", "b"], 2)
    [([1, 3], [0, 2]), ([0, 2], [1, 3])]
    """
    from sklearn.model_selection import GroupKFold

    count = min(folds, len(set(groups)))
    split = GroupKFold(count).split(list(groups), groups=list(groups))
    return sorted(((list(map(int, a)), list(map(int, b))) for a, b in split), key=lambda p: p[1])


def _parts(vectors: Vectors) -> tuple[Vectors, Vectors]:
    """What layout and syntax say, and the shares of words."""
    cut = EMBEDDER.dimension - EMBEDDER.words
    return vectors[:, :cut], vectors[:, cut:]


def _ridge(words: Vectors, targets: Floats, penalty: float) -> tuple[Floats, Floats]:
    """Ridge regression in its dual form: there are fewer excerpts than words."""
    import numpy as np

    table, middle = words.astype(np.float64), words.mean(axis=0, dtype=np.float64)
    table -= middle
    mean = targets.mean()
    alike = table @ table.T
    alike[np.diag_indices_from(alike)] += penalty
    weights = table.T @ np.linalg.solve(alike, targets - mean)
    return weights, np.array([mean - middle @ weights])


def _word_scores(words: Vectors, weights: Floats, base: Floats) -> Floats:
    """Summed row by row, so that a text's score does not depend on its neighbours."""
    scores: Floats = (words * weights).sum(axis=1) + base[0]
    return scores


def _unseen_word_scores(
    words: Vectors, targets: Floats, groups: Sequence[str], settings: QualitySettings
) -> Floats:
    """For each excerpt, the word score that other distributions' judgements give."""
    import numpy as np

    found = np.zeros(len(targets))
    for learn, judge in folds_of(groups, settings.folds):
        found[judge] = _word_scores(
            words[judge], *_ridge(words[learn], targets[learn], settings.ridge)
        )
    return found
