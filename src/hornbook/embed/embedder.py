"""The seam between text and vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from hornbook.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


KINDS = ("transformers", "sentence-transformers", "model2vec")
"""Embedders of others."""


class Embedder(Protocol):
    """Turns texts into vectors. Equal texts give equal vectors, in any order and any process."""

    @property
    def name(self) -> str:
        """What made the vectors, with its version: vectors of two names never mix."""

    @property
    def dimension(self) -> int:
        """Length of one vector."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape [texts, dimension]."""


def embedder_for(name: str) -> Embedder:
    """The embedder that a setting or a kept filter calls `name`.

    A model of others is only read when the first text comes. Raises `ConfigError` for a name that
    is none, and for a kept name whose model, or version, is not the one it was.
    """
    if ":" in name:
        return _of_others(name)
    from hornbook.embed.code import CodeEmbedder
    from hornbook.embed.prose import ProseEmbedder

    made: Embedder
    for made in (CodeEmbedder(), ProseEmbedder()):
        ours = made.name.partition("-")[0]
        if name in (made.name, ours):
            return made
        if name.startswith(f"{ours}-"):
            raise ConfigError(
                f"vectors of `{name}` can't be made any more, this version makes `{made.name}`;"
                " fit the filter again"
            )
    kinds = ", ".join(f"`{kind}:MODEL`" for kind in KINDS)
    raise ConfigError(f"no embedder `{name}`; there are `code`, `prose`, {kinds}")


def _of_others(name: str) -> Embedder:
    from hornbook.embed.ready_made import Model2VecEmbedder, SentenceEmbedder
    from hornbook.embed.spec import Spec, same_vectors
    from hornbook.embed.transformers_embedder import TransformersEmbedder

    spec = Spec.read(name)
    makers: tuple[Callable[[Spec], Embedder], ...] = (
        TransformersEmbedder, SentenceEmbedder, Model2VecEmbedder,
    )  # fmt: skip
    make = dict(zip(KINDS, makers, strict=True)).get(spec.kind)
    if make is None:
        raise ConfigError(f"embedder `{name}`: no kind `{spec.kind}`; there are {', '.join(KINDS)}")
    made = make(spec)
    if spec.sha256 and not same_vectors(made.name, name):
        raise ConfigError(
            f"embedder `{name}`: the model in {spec.model} is another one now"
            f" (#{made.name.rpartition('#')[2]}); its vectors would not fit"
        )
    return made
