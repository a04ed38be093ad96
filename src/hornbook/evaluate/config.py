"""Settings of the `[evaluate]` table."""

from __future__ import annotations

from pydantic import Field

from hornbook.config import SCALES, Settings


class EvaluateSettings(Settings):
    """How arms are asked and judged. Decoding is greedy: one answer a problem (phi-1 3)."""

    benchmarks: tuple[str, ...] = Field(
        ("humaneval", "mbpp"),
        description="Public benchmarks, scored where their files are given, else `not checked`.",
    )
    public_problems: int = Field(
        500,
        ge=5,
        description="At most so many problems of a public benchmark.",
        json_schema_extra=SCALES,
    )
    max_new_tokens: int = Field(160, ge=1, le=2048, description="Length limit of an answer.")
    threads: int = Field(
        2, ge=1, le=256, description="Threads a model is asked with; sums depend on it a little."
    )
    batch: int = Field(32, ge=1, le=1024, description="Answers decoded at the same time.")
    stop: tuple[str, ...] = Field(
        ("\nclass ", "\ndef ", "\n#", "\nif ", "\nprint", "\n@", '\n"""', "\n```", "\nassert "),
        description="An answer ends before the first of these.",
    )
    cpu_seconds: float = Field(3.0, gt=0, le=600, description="CPU time of one check.")
    memory_mb: int = Field(512, ge=64, description="Memory of one check.")
    held_out_bytes: int = Field(
        250_000,
        ge=2000,
        description="Bytes of each kind of held-out text read for bits per byte.",
        json_schema_extra=SCALES,
    )
    resamples: int = Field(4000, ge=200, le=100_000, description="Bootstrap resamples.")
