"""From judged texts to a filter: the vectors, the validation, the choice if there is one, the fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hornbook.quality.annotations import Excerpt
from hornbook.quality.comparison import Comparison, Effort, Embedded, compare
from hornbook.quality.config import QualitySettings
from hornbook.quality.filter import Filter, fit_filter
from hornbook.quality.validation import Validation, validate
from hornbook.quality.vectors import Means

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Made:
    """A filter, and what is known of it."""

    filter: Filter
    vectors: NDArray[np.float32]
    """Of the judged texts, [judged, dimension]."""
    validation: Validation
    settings: QualitySettings
    """With the embedder and the classifier that were chosen."""
    efforts: list[Effort]
    comparison: Comparison | None = None

    def effort(self) -> dict[str, Any]:
        """What each embedder cost, where there was a choice."""
        return {"embedders": [asdict(each) for each in self.efforts]} if self.comparison else {}


def make_filter(
    excerpts: Sequence[Excerpt],
    settings: QualitySettings,
    means: Means,
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> Made:
    """Validate on folds, choose where `settings` leave a choice, and fit on all excerpts.

    Raises `SourceError` where nothing can be learnt.
    """
    texts = [excerpt.text for excerpt in excerpts]
    scores = [excerpt.annotation.score for excerpt in excerpts]
    pairs = settings.candidates
    embedded = {
        name: Embedded.of(name, texts, means) for name in dict.fromkeys(p[0] for p in pairs)
    }
    comparison = None
    embedder, classifier = pairs[0]
    if len(pairs) > 1:
        comparison = compare(excerpts, embedded, settings, means.how, on_done)
        embedder, classifier = comparison.best
    chosen = settings.model_copy(update={"embedder": embedder, "classifier": classifier})
    made, vectors = embedded[embedder].embedder, embedded[embedder].vectors
    validation = (
        comparison.validation
        if comparison is not None
        else validate(excerpts, made, vectors, chosen, means.how, on_done)
    )
    fitted = fit_filter(made, vectors, texts, scores, chosen, means.how)
    efforts = [each.effort for each in embedded.values()]
    return Made(fitted, vectors, validation, chosen, efforts, comparison)
