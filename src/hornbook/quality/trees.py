"""Trees on embeddings: phi-1's random forest (2.1), and gradient boosting (Friedman 2001).

scikit-learn grows the trees. They are kept as plain arrays: the file is the same bytes for the
same trees, holds nothing that could run, and a score does not depend on a library's version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from hornbook.randomness import seed_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hornbook.quality.config import QualitySettings

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Trees:
    """A score is `base` and the sum of what the trees say."""

    kind: ClassVar[str] = "trees"

    base: Floats
    """[1]"""
    roots: NDArray[np.int32]
    """[trees], each tree's first node; nodes of all trees lie one after another."""
    feature: NDArray[np.int32]
    """[nodes], what is looked at; negative in a leaf."""
    threshold: Floats
    """[nodes]; up to it a text goes left."""
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats
    """[nodes], what a leaf adds."""
    middle: Floats
    """[dimension], the judged excerpts' mean; no score depends on it."""

    def predict(self, vectors: Vectors) -> Floats:
        """Scores, [texts], from vectors, [texts, dimension].

        A text's score does not depend on which others are asked with it.
        """
        import numpy as np

        rows = np.arange(len(vectors))[:, None]
        at = np.tile(self.roots, (len(vectors), 1))
        while (inner := self.feature[at] >= 0).any():
            seen = vectors[rows, np.maximum(self.feature[at], 0)]
            below = np.where(seen <= self.threshold[at], self.left[at], self.right[at])
            at = np.where(inner, below, at)
        scores: Floats = self.base[0] + self.value[at].sum(axis=1)
        return scores

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "kind"}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[np.generic]]) -> Trees:
        """Raises `ValueError` for arrays that are no trees, `KeyError` where one lacks."""
        names = [name for name in cls.__dataclass_fields__ if name != "kind"]
        made = cls(**{name: tensors[name] for name in names})  # type: ignore[arg-type]
        if not made._is_sound():
            raise ValueError("its arrays are no trees")
        return made

    @property
    def dimension(self) -> int:
        return len(self.middle)

    def _is_sound(self) -> bool:
        """Whether every walk ends in a leaf and looks at what is there."""
        import numpy as np

        nodes = len(self.feature)
        if any(len(each) != nodes for each in (self.threshold, self.left, self.right, self.value)):
            return False
        inner = np.flatnonzero(self.feature >= 0)
        # Children come after their parent, so no walk goes round in circles.
        children = np.concatenate([self.left[inner] - inner, self.right[inner] - inner])
        ends = np.concatenate([self.left[inner], self.right[inner], self.roots, self.feature * 0])
        return bool(
            (children > 0).all()
            and ((ends >= 0) & (ends < nodes)).all()
            and (self.feature < self.dimension).all()
        )


def fit_forest(
    vectors: Vectors, scores: Sequence[float], settings: QualitySettings, seed: int, workers: int
) -> Trees:
    """The random forest for judged excerpts. The number of workers changes no bit of it."""
    from sklearn.ensemble import RandomForestRegressor

    grown = RandomForestRegressor(
        settings.trees,
        max_features=settings.features_per_split,
        min_samples_leaf=settings.leaf,
        random_state=seed_for(seed, "forest") % 2**32,
        n_jobs=workers,
    ).fit(vectors, scores)
    trees = [tree.tree_ for tree in grown.estimators_]
    return _as_arrays(trees, 0.0, 1 / len(trees), vectors)


def fit_boosting(
    vectors: Vectors, scores: Sequence[float], settings: QualitySettings, seed: int
) -> Trees:
    """Small trees, each correcting those before it."""
    import numpy as np
    from sklearn.ensemble import GradientBoostingRegressor

    grown = GradientBoostingRegressor(
        n_estimators=settings.trees,
        learning_rate=settings.boosting_rate,
        max_depth=settings.boosting_depth,
        min_samples_leaf=settings.leaf,
        subsample=0.5,
        max_features=0.1,
        random_state=seed_for(seed, "boosting") % 2**32,
    ).fit(vectors, scores)
    trees = [tree.tree_ for tree in grown.estimators_[:, 0]]
    base = float(np.asarray(scores, np.float64).mean())
    return _as_arrays(trees, base, settings.boosting_rate, vectors)


def _as_arrays(trees: Sequence[Any], base: float, factor: float, vectors: Vectors) -> Trees:
    import numpy as np

    roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1].astype(np.int32)

    def whole(name: str) -> NDArray[np.int32]:
        parts = [getattr(tree, name) for tree in trees]
        moved = [
            np.where(part >= 0, part + root, part) for part, root in zip(parts, roots, strict=True)
        ]
        return np.concatenate(moved).astype(np.int32)

    return Trees(
        base=np.array([base]),
        roots=roots,
        feature=np.concatenate([tree.feature for tree in trees]).astype(np.int32),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        left=whole("children_left"),
        right=whole("children_right"),
        value=np.concatenate([tree.value[:, 0, 0] for tree in trees]) * factor,
        middle=vectors.mean(axis=0, dtype=np.float64),
    )
