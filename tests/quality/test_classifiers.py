from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from hornbook.errors import DamagedFileError
from hornbook.quality.classifier import Classifier, fit, load, save
from hornbook.quality.config import QualitySettings
from hornbook.quality.linear import Levels
from hornbook.quality.process import GaussianProcess
from hornbook.quality.trees import Trees
from hornbook.randomness import seed_for

KINDS = ("gaussian-process", "forest", "boosting", "logistic", "ordinal")
WIDTH = 12


def settings(kind: str) -> QualitySettings:
    return QualitySettings(
        fraction=0.5, trees=20, classifier=kind, linear_strength=1.0  # type: ignore[arg-type]
    )  # fmt: skip


def vectors_and_scores(count: int = 90) -> tuple[np.ndarray, list[float]]:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(count, WIDTH)).astype(np.float32)
    hidden = 2 * vectors[:, 3] + vectors[:, 5] + 0.3 * random.normal(size=count)
    return vectors, np.clip(np.round(2.5 + hidden), 0, 5).tolist()


VECTORS, SCORES = vectors_and_scores()


@pytest.fixture(scope="module", params=KINDS)
def fitted(request: pytest.FixtureRequest) -> Classifier:
    return fit(VECTORS, SCORES, settings(request.param), seed=3)


def test_what_was_shown_is_learnt(fitted: Classifier) -> None:
    """On vectors it never saw each kind ranks texts nearly as the scores do."""
    random = np.random.default_rng(9)
    new = random.normal(size=(300, WIDTH)).astype(np.float32)
    wanted = 2 * new[:, 3] + new[:, 5]
    assert np.corrcoef(fitted.predict(new), wanted)[0, 1] > 0.75


def test_a_score_does_not_depend_on_its_neighbours(fitted: Classifier) -> None:
    """A text asked alone has the score it has among others, to the bit."""
    together = fitted.predict(VECTORS)
    assert together.tolist() == [fitted.predict(VECTORS[n : n + 1])[0] for n in range(90)]
    assert fitted.predict(VECTORS[::-1])[::-1].tolist() == together.tolist()


def test_a_classifier_comes_back_from_its_file(fitted: Classifier, tmp_path: Path) -> None:
    """Saved and loaded, it gives the same scores; equal ones are equal bytes."""
    save(fitted, tmp_path / "one", {"embedder": "e"})
    again, about = load(tmp_path / "one")
    assert again.predict(VECTORS).tolist() == fitted.predict(VECTORS).tolist()
    assert about["embedder"] == "e"
    save(again, tmp_path / "two", {"embedder": "e"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_workers_change_no_bit(tmp_path: Path) -> None:
    """One worker and two grow the same forest, byte for byte."""
    for workers in (1, 2):
        grown = fit(VECTORS, SCORES, settings("forest"), 3, workers)
        save(grown, tmp_path / str(workers), {})
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def digest_with(threads: int) -> str:
    """Of a filter's bytes and scores, in a fresh process with so many threads for matrices."""
    program = (
        "import hashlib, numpy as np\n"
        "from hornbook.quality.classifier import fit\n"
        "from hornbook.quality.config import QualitySettings\n"
        "random = np.random.default_rng(0)\n"
        "v = random.normal(size=(700, 500)).astype(np.float32)\n"
        "s = (v[:, 3] + v[:, 5]).round().tolist()\n"
        "made = fit(v, s, QualitySettings(fraction=1.0), 1)\n"
        "print(hashlib.sha256(made.weights.tobytes() + made.predict(v[:200]).tobytes()).hexdigest())"
    )
    environment = {
        **os.environ,
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


def test_threads_change_no_bit() -> None:
    """A machine with one core and one with four fit the same filter and give the same scores."""
    assert digest_with(1) == digest_with(4)


def test_trees_give_what_scikit_learn_gives() -> None:
    """The kept arrays predict what the models that they were taken from predict."""
    kept = fit(VECTORS, SCORES, settings("forest"), 3)
    forest = RandomForestRegressor(
        20, max_features=0.33, min_samples_leaf=2, random_state=seed_for(3, "forest") % 2**32
    ).fit(VECTORS, SCORES)
    np.testing.assert_allclose(kept.predict(VECTORS), forest.predict(VECTORS), rtol=1e-9)
    kept = fit(VECTORS, SCORES, settings("boosting"), 3)
    boosting = GradientBoostingRegressor(
        n_estimators=20, learning_rate=0.05, max_depth=3, min_samples_leaf=2, subsample=0.5,
        max_features=0.1, random_state=seed_for(3, "boosting") % 2**32,
    ).fit(VECTORS, SCORES)  # fmt: skip
    np.testing.assert_allclose(kept.predict(VECTORS), boosting.predict(VECTORS), rtol=1e-9)


def test_the_process_is_that_of_the_book() -> None:
    """Mean and doubt are those of scikit-learn's Gaussian process with the same kernel and noise."""
    ours = fit(VECTORS, SCORES, settings("gaussian-process"), 3)
    assert isinstance(ours, GaussianProcess)
    targets = np.array(SCORES)
    standard = (VECTORS - VECTORS.mean(axis=0)) / VECTORS.std(axis=0)
    assert np.abs(standard).max() < 4
    theirs = GaussianProcessRegressor(RBF(np.sqrt(WIDTH)), alpha=0.5, optimizer=None)
    theirs.fit(standard, targets - targets.mean())
    new = np.random.default_rng(2).normal(size=(40, WIDTH)).astype(np.float32)
    mean, spread = theirs.predict(
        (new - VECTORS.mean(axis=0)) / VECTORS.std(axis=0), return_std=True
    )
    np.testing.assert_allclose(ours.predict(new), mean + targets.mean(), atol=2e-5)
    np.testing.assert_allclose(ours.doubt(new), spread * targets.std(), atol=2e-5)


def test_doubt_is_least_near_what_was_judged() -> None:
    """A text like judged ones is surer than one unlike all of them."""
    process = fit(VECTORS, SCORES, settings("gaussian-process"), 3)
    assert isinstance(process, GaussianProcess)
    far = VECTORS.copy()
    far[::2] += 30
    doubt = process.doubt(far)
    assert doubt[1::2].max() < doubt[::2].min()


def test_what_never_varied_says_nothing() -> None:
    """A number that was the same in all judged texts does not count where it differs."""
    vectors = VECTORS.copy()
    vectors[:, 0] = 1
    other = vectors.copy()
    other[:, 0] = 99
    for kind in ("gaussian-process", "logistic", "ordinal"):
        made = fit(vectors, SCORES, settings(kind), 3)
        assert made.predict(other).tolist() == made.predict(vectors).tolist()


def test_levels_stay_on_the_scale() -> None:
    """Ordinal and logistic scores lie between the lowest and the highest judgement."""
    far = 100 * VECTORS
    for kind in ("logistic", "ordinal"):
        found = fit(VECTORS, SCORES, settings(kind), 3).predict(far)
        assert min(SCORES) <= found.min() < found.max() <= max(SCORES) + 1e-9


def circle(tensors: dict[str, np.ndarray]) -> None:
    tensors["left"][int(np.flatnonzero(tensors["feature"] >= 0)[1])] = 0


def out_of_range(tensors: dict[str, np.ndarray]) -> None:
    tensors["right"][int(np.flatnonzero(tensors["feature"] >= 0)[1])] = 10**6


def shorter(name: str) -> Callable[[dict[str, np.ndarray]], None]:
    def change(tensors: dict[str, np.ndarray]) -> None:
        tensors[name] = tensors[name][:-1].copy()

    return change


def missing(name: str) -> Callable[[dict[str, np.ndarray]], None]:
    def change(tensors: dict[str, np.ndarray]) -> None:
        del tensors[name]

    return change


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("forest", circle),
        ("forest", out_of_range),
        ("forest", shorter("value")),
        ("forest", missing("roots")),
        ("gaussian-process", shorter("weights")),
        ("gaussian-process", shorter("middle")),
        ("gaussian-process", missing("about")),
        ("ordinal", shorter("levels")),
        ("ordinal", shorter("weights")),
    ],
)
def test_a_hostile_file_is_refused(
    kind: str, change: Callable[[dict[str, np.ndarray]], None], tmp_path: Path
) -> None:
    """Arrays that don't fit are an error, never an endless walk or a wrong score."""
    path = tmp_path / "c.safetensors"
    made = fit(VECTORS, SCORES, settings(kind), 3)
    save(made, path, {})
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, {"about": json.dumps({"kind": made.kind})})
    with pytest.raises(DamagedFileError, match="fit it again"):
        load(path)


@pytest.mark.parametrize("fault", ["cut", "no-file", "text", "pickle", "unknown-kind"])
def test_what_is_no_classifier_is_refused(fault: str, tmp_path: Path) -> None:
    """A cut file, a text, a pickle: an error that says what to do, and nothing is run."""
    import pickle

    path, proof = tmp_path / "c.safetensors", tmp_path / "ran"
    save(fit(VECTORS, SCORES, settings("forest"), 3), path, {})
    if fault == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif fault == "no-file":
        path.unlink()
    elif fault == "text":
        path.write_text("a forest")
    elif fault == "pickle":
        path.write_bytes(pickle.dumps(_Runs(str(proof))))
    else:
        save_file({"a": np.zeros(1)}, path, {"about": json.dumps({"kind": "magic"})})
    with pytest.raises(DamagedFileError, match="fit it again"):
        load(path)
    assert not proof.exists()


class _Runs:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self.path, "w")


def test_kinds_have_their_classes() -> None:
    """The five words of the setting are three ways to keep a classifier."""
    made = {kind: type(fit(VECTORS, SCORES, settings(kind), 1)) for kind in KINDS}
    assert list(made.values()) == [GaussianProcess, Trees, Trees, Levels, Levels]
