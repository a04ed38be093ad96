"""Settings of the `[model]` table: the shape of the transformer (phi-1 2.3)."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from hornbook.config import Settings, filled_from


def _phi(layers: int, hidden: int, **others: int) -> dict[str, int]:
    shape = {"heads": hidden // 64, "rotary": 32, "inner": 4 * hidden}
    return {
        "layers": layers,
        "hidden": hidden,
        "context": 2048,
        "vocab_size": 51_200,
        **shape,
        **others,
    }


_SHAPES = {
    "phi-1": _phi(24, 2048),
    "phi-1-small": _phi(20, 1024),
    "phi-1.5": _phi(24, 2048),
    "mini-6m": _phi(6, 192, context=256, vocab_size=8192),
    "mini-30m": _phi(8, 512, context=512, vocab_size=8192),
    "mini-100m": _phi(12, 768, context=1024, vocab_size=16_384),
}


class ModelSettings(Settings):
    """A shape: from a preset, number by number, or a preset with numbers of one's own."""

    preset: str | None = Field(
        None,
        exclude=True,  # once read, the numbers say it all
        description="phi-1, phi-1-small, phi-1.5, mini-6m, mini-30m or mini-100m: what is not"
        " given here is as there.",
    )
    layers: int = Field(ge=1, le=256, description="Blocks (24 in phi-1).")
    hidden: int = Field(ge=16, description="Width of the residual stream.")
    heads: int = Field(ge=1, description="Attention heads of a block (32 of width 64 in phi-1).")
    rotary: int = Field(
        ge=2, description="Dimensions of each head that rotate (32 of 64 in phi-1)."
    )
    inner: int = Field(ge=16, description="Width of the MLP's hidden layer (4 x hidden in phi-1).")
    context: int = Field(ge=8, le=65_536, description="Tokens a model can look back on.")
    vocab_size: int = Field(
        ge=64, le=65_536, description="Rows of the embedding, padding included."
    )

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, table: Any) -> Any:
        return filled_from(table, "preset", _SHAPES)

    @model_validator(mode="after")
    def _fits(self) -> ModelSettings:
        if self.hidden % self.heads:
            raise ValueError(f"hidden ({self.hidden}) must be a multiple of heads ({self.heads})")
        if self.rotary % 2 or self.rotary > self.head_size:
            raise ValueError(
                f"rotary ({self.rotary}) must be even and at most hidden / heads ({self.head_size})"
            )
        return self

    @property
    def head_size(self) -> int:
        return self.hidden // self.heads

    @property
    def parameters(self) -> int:
        """Weights and biases in all.

        >>> PRESETS["phi-1"].parameters, PRESETS["phi-1-small"].parameters
        (1418270720, 356794368)
        """
        d, inner, v = self.hidden, self.inner, self.vocab_size
        attention = 4 * (d * d + d)
        mlp = d * inner + inner + inner * d + d
        return self.layers * (attention + mlp + 2 * d) + v * d + 2 * d + v * d + v


PRESETS = {name: ModelSettings(**shape) for name, shape in _SHAPES.items()}
"""phi-1 (and -base), phi-1-small, phi-1.5 (and -web), and small ones of the same proportions for
few data or a laptop, with vocabularies that do not outweigh the blocks."""
