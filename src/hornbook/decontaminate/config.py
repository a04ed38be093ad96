"""Settings of the `[decontaminate]` table."""

from __future__ import annotations

from pydantic import Field

from hornbook.config import Settings


class DecontaminateSettings(Settings):
    """What counts as too near to a benchmark's problem."""

    benchmarks: tuple[str, ...] = Field(
        ("humaneval", "mbpp"),
        description="Public benchmarks to check against; one whose file is absent is `not checked`.",
    )
    ngram: int = Field(13, ge=3, le=50, description="Length of a shared run of words (phi-1: 13).")
    ngram_letters: int = Field(
        6, ge=0, le=50, description="An n-gram counts if so many of its words have letters."
    )
    syntax_threshold: float = Field(
        0.95,
        ge=0.5,
        le=1,
        description="AST match rate (`node_seq_lev`) from which a row is dropped.",
    )
    syntax_min_nodes: int = Field(
        20, ge=2, description="Functions with fewer syntax nodes are too plain to compare."
    )
