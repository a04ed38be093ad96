"""Settings of the `[tokens]` table."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from hornbook.config import Settings

TABLES = ("code", "selected", "textbooks", "recorded", "workbook")
"""What training may read."""
HELD_OUT = ("held_out-raw", "held_out-selected", "held_out-textbooks", "held_out-exercises")
"""What is only looked at while training."""


class Epochs(Settings):
    """How often a table is read, in place of its share."""

    epochs: float = Field(gt=0, le=1000, description="Times that the whole table is read.")


def _kind(value: Any) -> str:
    return "in-epochs" if isinstance(value, dict | Epochs) else "share"


Part = Annotated[
    Annotated[float, Tag("share")] | Annotated[Epochs, Tag("in-epochs")], Discriminator(_kind)
]
"""What of a table is read: its share of the tokens, or how many times the whole."""


class TokensSettings(Settings):
    """The tokenizer and what training may mix."""

    tokenizer: str = Field(
        "own",
        min_length=1,
        description="own: a byte-level BPE trained on the run's text; or a folder with a tokenizer's"
        " files, or OWNER/NAME on the hub, perhaps with @REVISION (phi-1:"
        " Salesforce/codegen-350M-mono).",
    )
    whitespace_tokens: bool = Field(
        False,
        description="Add CodeGen's 38 tokens for runs of spaces and tabs to a tokenizer of others:"
        " GPT-2's becomes CodeGen's.",
    )
    vocab_size: int = Field(
        8192,
        ge=300,
        le=65_000,
        description="Tokens of the own byte-level BPE, end-of-text included.",
    )
    split_digits: bool = Field(
        True,
        description="In the own tokenizer, every digit is a token, so numbers can be copied digit by"
        " digit.",
    )
    tokenizer_bytes: int = Field(
        12_000_000,
        ge=20_000,
        description="Characters of code, of textbooks and of exercises that train the own tokenizer,"
        " about.",
    )
    shard_tokens: int = Field(
        100_000_000,
        ge=1,
        description="Tokens of one packed file at most; a longer document has a file of its own.",
    )
    held_out_exercises: float = Field(
        0.02,
        ge=0,
        le=0.5,
        description="Share of the exercises that no phase learns: validation while training reads"
        " them.",
    )
    mixtures: dict[str, dict[str, Part]] = Field(
        min_length=1,
        description="Name -> {packed table: share of the tokens seen}, or all in epochs: {packed"
        " table: {epochs = 3.0}}. Tables: code, selected, textbooks, recorded, workbook.",
    )

    @field_validator("mixtures")
    @classmethod
    def _readable(cls, mixtures: dict[str, dict[str, Part]]) -> dict[str, dict[str, Part]]:
        for name, wanted in mixtures.items():
            if not wanted:
                raise ValueError(f"mixture `{name}` names no table")
            for table, share in wanted.items():
                if table not in TABLES:
                    raise ValueError(f"mixture `{name}`: no table `{table}` ({', '.join(TABLES)})")
                if isinstance(share, float | int) and not 0 < share <= 1000:
                    raise ValueError(
                        f"mixture `{name}`: the share of `{table}` must be above 0 and at most 1000"
                    )
            if len({isinstance(share, Epochs) for share in wanted.values()}) > 1:
                raise ValueError(f"mixture `{name}`: give every table a share, or every one epochs")
        return mixtures

    @model_validator(mode="after")
    def _of_one_tokenizer(self) -> TokensSettings:
        if self.tokenizer == "own" and self.whitespace_tokens:
            raise ValueError("whitespace_tokens is for a tokenizer of others; the own has its way")
        for name in ("vocab_size", "split_digits", "tokenizer_bytes"):
            default = type(self).model_fields[name].default
            if self.tokenizer != "own" and getattr(self, name) != default:
                raise ValueError(f"{name} is of the own tokenizer; leave it out beside another")
        return self
