"""The seam between text and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from hornbook.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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

    Raises `ConfigError` for a name that is none.
    """
    from hornbook.embed.code import CodeEmbedder

    for made in (CodeEmbedder(),):
        if name in (made.name, made.name.partition("-")[0]):
            return made
    raise ConfigError(f"no embedder `{name}`; there is `code`")
