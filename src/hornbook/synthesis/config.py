"""Settings of the `[synthesis]` table."""

from __future__ import annotations

from pydantic import Field

from hornbook.config import SCALES, Settings


class SynthesisSettings(Settings):
    """What is written, and how much of it is held out."""

    train_exercises: int = Field(
        6000, ge=60, description="Workbook exercises to train on.", json_schema_extra=SCALES
    )
    in_distribution: int = Field(
        344,
        ge=20,
        description="Held-out instances of families that are trained on.",
        json_schema_extra=SCALES,
    )
    unknown: int = Field(
        240,
        ge=16,
        description="Instances of families that are never trained on.",
        json_schema_extra=SCALES,
    )
    recorded_exercises: int = Field(
        1115,
        ge=20,
        le=1115,
        description="The recorded teacher's exercises.",
        json_schema_extra=SCALES,
    )
    textbooks: int = Field(
        223,
        ge=10,
        le=223,
        description="The recorded teacher's textbooks.",
        json_schema_extra=SCALES,
    )
    held_out_textbooks: int = Field(
        20, ge=2, description="Textbooks kept for bits per byte.", json_schema_extra=SCALES
    )
    examples: float = Field(
        0.3, ge=0, le=1, description="How often an example call is shown, if a short one exists."
    )
    first_style: float = Field(
        0.8, ge=0, le=1, description="How often a family's commonest style of solution is written."
    )
