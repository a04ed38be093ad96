"""Vectors of judged texts, made once: by this process for embedders of ours, by workers for models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.embed import Embedder, embedder_for
from hornbook.engine import Executor, JobFailure, Row, RowCache, cached_rows, run_rows
from hornbook.errors import SourceError
from hornbook.records import content_id

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Maker = Callable[[str], Embedder]
"""The embedder of a name."""

TEXTS_PER_JOB = 8


@dataclass(frozen=True)
class Means:
    """With what filters are made."""

    seed: int
    executor: Executor
    workers: int = 1
    cache: Path | None = None
    """Where a model's vectors are kept."""
    make: Maker = embedder_for
    """The embedder that a setting names."""

    @property
    def how(self) -> tuple[int, int]:
        return self.seed, self.workers


@dataclass
class EmbedTexts:
    """The engine's work over texts: the bytes of each one's vector."""

    embedder: Embedder
    version: str = "1"

    def setup(self) -> None:
        """The model is read when the first text comes."""

    def __call__(self, payload: list[str]) -> dict[str, Any]:
        return {"files": [], "rows": [row.tobytes() for row in self.embedder.embed(payload)]}


def is_model(name: str) -> bool:
    """Whether an embedder is a model, which takes its time.

    >>> is_model("code-2"), is_model("transformers:there?tokens=9")
    (False, True)
    """
    return ":" in name


def sent_to_workers(embedder: Embedder) -> Embedder | None:
    """A model goes along to the workers; they make embedders of ours by name, which is less to send."""
    return embedder if is_model(embedder.name) else None


def vectors_of(embedder: Embedder, texts: Sequence[str], means: Means) -> Vectors:
    """[texts, dimension], the same for any number of workers.

    Raises `SourceError` where a text has no vector.
    """
    import numpy as np

    if not is_model(embedder.name):
        return embedder.embed(texts)
    found = []
    for text, result in zip(texts, _results(EmbedTexts(embedder), texts, means), strict=True):
        if isinstance(result, JobFailure):
            raise SourceError(
                f"quality: {embedder.name} gave no vector for a judged text of {len(text):,}"
                f" characters ({result.reason})"
            )
        found.append(np.frombuffer(result, np.float32))
    return np.stack(found) if found else np.zeros((0, embedder.dimension), np.float32)


def _results(work: EmbedTexts, texts: Sequence[str], means: Means) -> list[Any]:
    if means.cache is None:
        return run_rows(means.executor, work, list(texts), TEXTS_PER_JOB)
    cache = RowCache.of(means.cache, work, work.embedder.name)
    rows = (Row(content_id(text), text) for text in texts)
    found = [result for _, result in cached_rows(means.executor, work, rows, cache, TEXTS_PER_JOB)]
    cache.close()
    return found
