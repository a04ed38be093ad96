"""Settings of the `[report]` table."""

from __future__ import annotations

from pydantic import Field

from hornbook.config import Settings


class ReportSettings(Settings):
    """What the report shows."""

    solutions: int = Field(
        10, ge=2, le=100, description="Generated solutions shown, right and wrong."
    )
    examples: int = Field(
        20, ge=0, le=100, description="Kept and dropped code shown: so many of each, at random."
    )
