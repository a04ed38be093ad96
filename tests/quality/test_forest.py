from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from sklearn.ensemble import RandomForestRegressor

from hornbook.errors import DamagedFileError
from hornbook.quality.config import QualitySettings
from hornbook.quality.forest import EMBEDDER, Forest, fit_forest, folds_of
from hornbook.randomness import seed_for

SETTINGS = QualitySettings(fraction=0.5, trees=20)
GROUPS = [f"d{n % 6}" for n in range(60)]


def vectors_and_scores() -> tuple[np.ndarray, list[float]]:
    random = np.random.default_rng(0)
    vectors = random.random((60, EMBEDDER.dimension), np.float32)
    vectors[:, -EMBEDDER.words :] *= random.random((60, EMBEDDER.words)) < 0.02
    return vectors, [float(round(5 * row[3])) for row in vectors]


@pytest.fixture(scope="module")
def fitted() -> tuple[Forest, np.ndarray, list[float]]:
    vectors, scores = vectors_and_scores()
    return fit_forest(vectors, scores, GROUPS, SETTINGS, seed=3), vectors, scores


def test_trees_give_what_scikit_learn_gives(
    fitted: tuple[Forest, np.ndarray, list[float]],
) -> None:
    """The kept arrays predict what the forest that they were taken from predicts."""
    forest, vectors, scores = fitted
    inputs = forest._inputs(vectors)
    reference = RandomForestRegressor(
        20, max_features=SETTINGS.features_per_split, min_samples_leaf=2,
        random_state=seed_for(3, "forest") % 2**32,
    )  # fmt: skip
    from hornbook.quality.forest import _parts, _unseen_word_scores

    shapes, words = _parts(vectors)
    unseen = _unseen_word_scores(words, np.array(scores), GROUPS, SETTINGS)
    reference.fit(np.column_stack([shapes, unseen]), scores)
    np.testing.assert_allclose(forest.predict(vectors), reference.predict(inputs), rtol=1e-12)


def test_workers_change_no_bit(
    fitted: tuple[Forest, np.ndarray, list[float]], tmp_path: Path
) -> None:
    """One worker and two grow the same forest, byte for byte."""
    forest, vectors, scores = fitted
    fit_forest(vectors, scores, GROUPS, SETTINGS, 3, workers=2).save(tmp_path / "two")
    forest.save(tmp_path / "one")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_score_does_not_depend_on_its_neighbours(
    fitted: tuple[Forest, np.ndarray, list[float]],
) -> None:
    """A text asked alone has the score it has among others, to the bit."""
    forest, vectors, _ = fitted
    together = forest.predict(vectors)
    alone = [forest.predict(vectors[n : n + 1])[0] for n in range(len(vectors))]
    assert together.tolist() == alone


def test_a_forest_comes_back_from_its_file(
    fitted: tuple[Forest, np.ndarray, list[float]], tmp_path: Path
) -> None:
    """Saved and loaded, it gives the same scores."""
    forest, vectors, _ = fitted
    forest.save(tmp_path / "f.safetensors")
    again = Forest.load(tmp_path / "f.safetensors")
    assert again.predict(vectors).tolist() == forest.predict(vectors).tolist()


@pytest.mark.parametrize(
    "fault", ["cut", "other-embedder", "circle", "out-of-range", "no-file", "text"]
)
def test_a_damaged_file_is_refused(
    fault: str, fitted: tuple[Forest, np.ndarray, list[float]], tmp_path: Path
) -> None:
    """A cut, foreign or hostile file is an error, never an endless walk or a wrong score."""
    path = tmp_path / "f.safetensors"
    fitted[0].save(path)
    tensors, about = load_file(path), {"about": json.dumps({"embedder": EMBEDDER.name})}
    if fault == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif fault == "no-file":
        path.unlink()
    elif fault == "text":
        path.write_text("a forest")
    else:
        inner = int(np.flatnonzero(tensors["feature"] >= 0)[1])
        if fault == "circle":
            tensors["left"][inner] = 0
        elif fault == "out-of-range":
            tensors["right"][inner] = 10**6
        else:
            about = {"about": json.dumps({"embedder": "another"})}
        save_file(tensors, path, about)
    with pytest.raises(DamagedFileError, match="fit it again"):
        Forest.load(path)


def test_folds_hold_whole_groups() -> None:
    """No distribution stands on both sides of a fold, and every row is judged once."""
    folds = folds_of(GROUPS, 4)
    assert sorted(row for _, judge in folds for row in judge) == list(range(60))
    for learn, judge in folds:
        assert not {GROUPS[n] for n in learn} & {GROUPS[n] for n in judge}
