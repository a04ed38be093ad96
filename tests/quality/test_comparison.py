from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hornbook.embed import CodeEmbedder, Embedder, embedder_for
from hornbook.engine import executor_for
from hornbook.errors import SourceError
from hornbook.quality.annotations import Excerpt
from hornbook.quality.comparison import Embedded, compare
from hornbook.quality.config import QualitySettings
from hornbook.quality.fitting import make_filter
from hornbook.quality.validation import validate
from hornbook.quality.vectors import Means, vectors_of
from tests.quality.test_validation import excerpts


class Knowing:
    """Vectors that hold what was judged, and noise."""

    dimension = 3

    def __init__(self, name: str, noise: float) -> None:
        self.name, self.noise = name, noise

    def embed(self, texts: list[str]) -> np.ndarray:  # type: ignore[type-arg]
        rows = np.zeros((len(texts), 3), np.float32)
        for row, text in enumerate(texts):
            random = np.random.default_rng(len(text) * 7 + text.count("1"))
            rows[row] = [text.count("!") + self.noise * random.normal(), random.normal(), 1]
        return rows


def judged(count: int = 90, groups: int = 7) -> list[Excerpt]:
    rows = excerpts([float(n % 6) for n in range(count)], groups)
    return [
        Excerpt(row.annotation, f"{n}" * (n % 11 + 1) + "!" * (n % 6)) for n, row in enumerate(rows)
    ]


def settings(**more: object) -> QualitySettings:
    return QualitySettings(
        fraction=0.5, resamples=100, embedder="best", embedder_candidates=("noisy", "exact"),
        classifier="best", classifier_candidates=("gaussian-process", "ordinal"), trees=10, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def make(name: str) -> Embedder:
    known: Embedder = Knowing(name, {"exact": 0.05, "noisy": 5.0}[name])  # type: ignore[assignment]
    return known


def means(**more: object) -> Means:
    return Means(1, executor_for(1), make=make, **more)  # type: ignore[arg-type]


def embedded(rows: list[Excerpt]) -> dict[str, Embedded]:
    texts = [row.text for row in rows]
    return {name: Embedded.of(name, texts, means()) for name in ("noisy", "exact")}


def test_the_embedder_that_knows_more_is_chosen_on_every_fold() -> None:
    """All four pairs are in the table; the choice's own figure is that of what was chosen inside."""
    rows = judged()
    found = compare(rows, embedded(rows), settings(), (1, 1))
    assert [(row.embedder, row.classifier) for row in found.rows] == settings().candidates
    assert found.best[0] == "exact"
    assert sum(row.chosen for row in found.rows) == 5
    assert sum(row.chosen for row in found.rows if row.embedder == "exact") == 5
    figures = {(row.embedder, row.classifier): row.metrics[0].estimate for row in found.rows}
    assert figures[found.best] == max(figures.values()) > figures["noisy", "ordinal"] + 0.2
    assert found.validation.metrics[0].estimate > 0.9


def test_an_honest_figure_does_not_see_what_it_is_judged_by() -> None:
    """Among many embedders of pure chance the best looks good on the folds it was chosen by; the
    nested figure does not follow it."""
    rows = judged(60)
    names = tuple(f"chance{n}" for n in range(12))
    random = np.random.default_rng(3)
    made = {
        name: Embedded(
            Knowing(name, 0.0),  # type: ignore[arg-type]
            random.normal(size=(60, 3)).astype(np.float32),
            embedded(rows)["noisy"].effort,
        )
        for name in names
    }
    how = QualitySettings(
        fraction=0.5, resamples=100, embedder="best", embedder_candidates=names
    )  # fmt: skip
    found = compare(rows, made, how, (1, 1))
    flattering = max(row.metrics[0].estimate for row in found.rows)
    assert flattering > 0.15
    assert found.validation.metrics[0].estimate < flattering - 0.05


def test_one_pair_is_validated_as_ever() -> None:
    """Where both are named there is nothing to compare, and the figures are those of `validate`."""
    rows = judged()
    plain = QualitySettings(fraction=0.5, resamples=100, embedder="exact")
    made = make_filter(rows, plain, means())
    vectors = make("exact").embed([row.text for row in rows])
    assert made.comparison is None
    assert made.validation == validate(rows, make("exact"), vectors, plain, (1, 1))
    assert made.effort() == {}


def test_the_choice_is_fitted_on_everything_and_repeats() -> None:
    """The kept filter's embedder and settings are the chosen ones; twice the same, to the bit."""
    rows, told = judged(), []
    made = make_filter(rows, settings(), means(), lambda done, total: told.append((done, total)))
    again = make_filter(rows, settings(), means())
    assert made.comparison is not None
    assert made.filter.embedder.name == made.settings.embedder == "exact"
    assert made.settings.classifier == made.comparison.best[1]
    assert made.comparison == again.comparison
    assert (made.filter.scores(["x!!", "y"]) == again.filter.scores(["x!!", "y"])).all()
    assert told[-1] == (4 * 5 * 4, 4 * 5 * 4)
    assert {each["embedder"] for each in made.effort()["embedders"]} == {"noisy", "exact"}


def test_nothing_to_learn_is_said_before_any_fit() -> None:
    rows = [Excerpt(row.annotation, row.text) for row in excerpts([1.0] * 40, 2)]
    with pytest.raises(SourceError, match="nothing can be learnt"):
        compare(rows, embedded(rows), settings(), (1, 1))


class Model(CodeEmbedder):
    """An embedder that is named like a model, and counts how often it is asked."""

    name = "model:here#1"  # type: ignore[assignment]


class Failing(Model):
    def embed(self, texts: list[str]) -> np.ndarray:  # type: ignore[type-arg, override]
        if any("bad" in text for text in texts):
            raise ValueError("no vector for that")
        return super().embed(texts)


def test_a_models_vectors_come_from_workers_and_are_kept(tmp_path: Path) -> None:
    """The same bits as from this process; a second time they are read; a failure names its reason."""
    texts = [f"x = {n}\n" for n in range(20)] * 2
    plain = embedder_for("code").embed(texts)
    one = vectors_of(Model(), texts, Means(1, executor_for(2), 2, tmp_path))
    assert (one == plain).all()
    kept = vectors_of(Failing(), texts, Means(1, executor_for(1), 1, tmp_path))
    assert (kept == plain).all()
    assert (vectors_of(Model(), texts, Means(1, executor_for(1))) == plain).all()
    with pytest.raises(SourceError, match="gave no vector .* no vector for that"):
        vectors_of(Failing(), ["x", "bad"], Means(1, executor_for(1)))
    assert vectors_of(Model(), [], Means(1, executor_for(1))).shape == plain[:0].shape
