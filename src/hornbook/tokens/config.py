"""Settings of the `[tokens]` table."""

from __future__ import annotations

from pydantic import Field, field_validator

from hornbook.config import Settings


class TokensSettings(Settings):
    """The tokenizer and what training may mix."""

    vocab_size: int = Field(
        8192, ge=300, le=65_000, description="Tokens of the byte-level BPE, end-of-text included."
    )
    split_digits: bool = Field(
        True,
        description="Every digit is a token of its own, so numbers can be copied digit by digit.",
    )
    tokenizer_bytes: int = Field(
        12_000_000,
        ge=20_000,
        description="Characters of code, of textbooks and of exercises that train the tokenizer, about.",
    )
    mixtures: dict[str, dict[str, float]] = Field(
        min_length=1,
        description="Name -> {packed table: share of the tokens seen}. Tables: code, selected,"
        " textbooks, recorded, workbook.",
    )

    @field_validator("mixtures")
    @classmethod
    def _shares(cls, mixtures: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        for name, shares in mixtures.items():
            if not shares:
                raise ValueError(f"mixture `{name}` names no table")
            for table, share in shares.items():
                if table not in TABLES:
                    raise ValueError(f"mixture `{name}`: no table `{table}` ({', '.join(TABLES)})")
                if not 0 < share <= 1000:
                    raise ValueError(f"mixture `{name}`: the share of `{table}` must be above 0")
        return mixtures


TABLES = ("code", "selected", "textbooks", "recorded", "workbook")
