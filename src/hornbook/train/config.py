"""Settings of one phase of training, `[train.phases.NAME]`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from hornbook.config import SCALES, Settings, filled_from
from hornbook.train.papers import PAPERS


class PhaseSettings(Settings):
    """Pretraining and finetuning differ in these numbers alone (phi-1 2.3)."""

    paper: str | None = Field(
        None,
        exclude=True,  # once read, the numbers say it all
        description="phi-1-base, phi-1 or phi-1.5: what is not given here is as in the paper.",
    )
    tokens: int | None = Field(
        None,
        ge=512,
        description="Tokens of the schedule; may be left out where the mixture is given in epochs.",
        json_schema_extra=SCALES,
    )
    batch_tokens: int = Field(4096, ge=64, description="Tokens of one step of the optimizer.")
    stop: int | None = Field(
        None, ge=1, description="Steps after which the phase ends though its schedule goes on."
    )
    micro_batch: int = Field(16, ge=1, description="Sequences in memory at once.")
    optimizer: Literal["adamw", "muon"] = Field(
        "adamw",
        description="adamw (phi-1), or muon for the blocks' matrices and adamw for the rest.",
    )
    learning_rate: float = Field(1e-3, gt=0, le=1, description="Peak rate of AdamW (phi-1: 1e-3).")
    muon_rate: float = Field(0.02, gt=0, le=1, description="Peak rate of Muon.")
    schedule: Literal["linear", "constant"] = Field(
        "linear", description="After the warmup: down to zero at the schedule's end, or level."
    )
    warmup: float = Field(0.05, ge=0, le=1, description="Share of the schedule that warms up.")
    warmup_steps: int | None = Field(
        None, ge=0, description="Steps that warm up, in place of the share (phi-1: 750)."
    )
    weight_decay: float = Field(0.1, ge=0, le=10, description="phi-1: 0.1, finetuning 0.01.")
    decay: Literal["matrices", "all"] = Field(
        "matrices",
        description="What is decayed: all but norms and biases, or all (phi-1: not stated).",
    )
    beta1: float = Field(0.9, ge=0, lt=1, description="AdamW's first decay (phi-1: not stated).")
    beta2: float = Field(0.95, ge=0, lt=1, description="AdamW's second decay (phi-1.5: 0.98).")
    epsilon: float = Field(1e-8, gt=0, description="AdamW's epsilon (phi-1.5: 1e-7).")
    clip: float = Field(
        1.0, ge=0, description="Largest norm of the gradient; 0: as it is (phi-1: not stated)."
    )
    dropout: float = Field(0.0, ge=0, lt=1, description="phi-1: 0.1 on attention and residual.")
    document_mask: bool = Field(
        False, description="Whether a document sees no other of its sequence (papers: it does)."
    )
    learn_prompts: bool = Field(
        True, description="Whether an exercise's signature and docstring are learnt too."
    )
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto",
        description="auto: bfloat16 where the processor computes in it, else float32. float16 (the"
        " papers') scales the loss.",
    )
    threads: int = Field(2, ge=1, le=256, description="Part of the result: sums depend on it.")
    checkpoint_seconds: float = Field(
        20.0, gt=0, description="Time between checkpoints to go on from; the newest two are kept."
    )
    keep_every: int = Field(
        0, ge=0, description="Steps between models that are kept for good; 0: only the last."
    )
    validate_every: int = Field(
        0, ge=0, description="Steps between looks at held-out text; 0: only at the end."
    )
    validation_tokens: int = Field(
        8192,
        ge=64,
        description="Tokens of each held-out table that are looked at.",
        json_schema_extra=SCALES,
    )
    select: Literal["last", "best"] = Field(
        "last",
        description="Which weights are the phase's model: the last, or those with the least"
        " held-out loss. Never chosen by a benchmark.",
    )

    @model_validator(mode="before")
    @classmethod
    def _as_published(cls, table: Any) -> Any:
        return filled_from(table, "paper", PAPERS)

    @model_validator(mode="after")
    def _fits(self) -> PhaseSettings:
        if self.tokens is not None and self.tokens < self.batch_tokens // 8:
            raise ValueError(
                f"tokens ({self.tokens}) is under an eighth of batch_tokens ({self.batch_tokens})"
            )
        if self.select == "best" and not self.validate_every:
            raise ValueError("select = best needs validate_every: steps between looks")
        return self
