"""Settings of one phase of training, `[train.phases.NAME]`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hornbook.config import SCALES, Settings


class PhaseSettings(Settings):
    """Pretraining and finetuning differ in these numbers alone (phi-1 2.3)."""

    tokens: int = Field(ge=512, description="Tokens seen in this phase.", json_schema_extra=SCALES)
    batch_tokens: int = Field(4096, ge=64, description="Tokens of one step of the optimizer.")
    micro_batch: int = Field(16, ge=1, description="Sequences in memory at once.")
    optimizer: Literal["adamw", "muon"] = Field(
        "adamw",
        description="adamw (phi-1), or muon for the blocks' matrices and adamw for the rest.",
    )
    learning_rate: float = Field(1e-3, gt=0, le=1, description="Peak rate of AdamW (phi-1: 1e-3).")
    muon_rate: float = Field(0.02, gt=0, le=1, description="Peak rate of Muon.")
    schedule: Literal["linear", "constant"] = Field(
        "linear", description="After the warmup: down to zero at the phase's end, or level."
    )
    warmup: float = Field(0.05, ge=0, le=1, description="Share of the phase that warms up.")
    weight_decay: float = Field(0.1, ge=0, le=10, description="phi-1: 0.1, finetuning 0.01.")
    beta1: float = Field(0.9, ge=0, lt=1, description="AdamW's first decay (phi-1: not stated).")
    beta2: float = Field(0.95, ge=0, lt=1, description="AdamW's second decay (phi-1.5: 0.98).")
    epsilon: float = Field(1e-8, gt=0, description="AdamW's epsilon (phi-1.5: 1e-7).")
    clip: float = Field(1.0, gt=0, description="Largest norm of the gradient.")
    dropout: float = Field(0.0, ge=0, lt=1, description="phi-1: 0.1 on attention and residual.")
    learn_prompts: bool = Field(
        True, description="Whether an exercise's signature and docstring are learnt too."
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="auto: bfloat16 where the processor computes in it."
    )
    threads: int = Field(2, ge=1, le=256, description="Part of the result: sums depend on it.")
    checkpoint_seconds: float = Field(20.0, gt=0, description="Time between checkpoints.")

    @model_validator(mode="after")
    def _fits(self) -> PhaseSettings:
        if self.tokens < self.batch_tokens // 8:
            raise ValueError(
                f"tokens ({self.tokens}) is under an eighth of batch_tokens ({self.batch_tokens})"
            )
        return self
