"""What learns from judgements: several kinds behind one seam, kept in a file that can't run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hornbook.embed import one_thread
from hornbook.errors import DamagedFileError
from hornbook.quality.config import QualitySettings
from hornbook.quality.linear import Levels, fit_logistic, fit_ordinal
from hornbook.quality.process import GaussianProcess, fit_process
from hornbook.quality.trees import Trees, fit_boosting, fit_forest
from hornbook.storage import write_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

KINDS: dict[str, Any] = {kind.kind: kind for kind in (GaussianProcess, Trees, Levels)}


class Classifier(Protocol):
    """Vectors to scores on the scale of the judgements it learnt from."""

    @property
    def kind(self) -> str:
        """How it is kept: the name of its class in `KINDS`."""

    @property
    def dimension(self) -> int:
        """Length of the vectors it takes."""

    def predict(self, vectors: Vectors) -> NDArray[np.float64]:
        """Scores, [texts], from vectors, [texts, dimension]; each by its own vector alone."""

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        """All that it is, as arrays."""


def fit(
    vectors: Vectors,
    scores: Sequence[float],
    settings: QualitySettings,
    seed: int,
    workers: int = 1,
) -> Classifier:
    """The classifier that `settings.classifier` names, for judged excerpts' vectors and scores.

    Neither the number of workers nor that of the machine's threads changes a bit of it.
    """
    with one_thread():
        return _fit(vectors, scores, settings, seed, workers)


def _fit(
    vectors: Vectors, scores: Sequence[float], settings: QualitySettings, seed: int, workers: int
) -> Classifier:
    if settings.classifier == "forest":
        return fit_forest(vectors, scores, settings, seed, workers)
    if settings.classifier == "boosting":
        return fit_boosting(vectors, scores, settings, seed)
    if settings.classifier == "logistic":
        return fit_logistic(vectors, scores, settings)
    if settings.classifier == "ordinal":
        return fit_ordinal(vectors, scores, settings)
    return fit_process(vectors, scores, settings)


def save(classifier: Classifier, path: Path, about: Mapping[str, Any]) -> None:
    """Write arrays and `about`, which says what the vectors are made by. Equal ones, equal bytes."""
    import numpy as np
    from safetensors.numpy import save as packed

    tensors = {name: np.ascontiguousarray(value) for name, value in classifier.tensors().items()}
    told = json.dumps({**about, "kind": classifier.kind}, sort_keys=True)
    write_bytes(path, packed(tensors, {"about": told}))


def load(path: Path) -> tuple[Classifier, dict[str, Any]]:
    """The classifier and what was said about it.

    Raises `DamagedFileError` for a file that is none: nothing in it is ever run.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), "numpy") as file:
            about = json.loads((file.metadata() or {})["about"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        made: Classifier = KINDS[about["kind"]].from_tensors(tensors)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedFileError(f"{path}: not a classifier ({error}); fit it again") from error
    return made, about
