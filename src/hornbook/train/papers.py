"""How the papers trained, as settings of a phase (phi-1 2.3, phi-1.5 2.3).

A step of phi-1 reads 1024 sequences of 2048 tokens: 24,000 steps are the "little over 50B" tokens
of the released model, out of a schedule of 36,000. What a paper does not state stands here too, so
that it is a choice one can see: AdamW's betas and epsilon of phi-1, clipping, what is decayed, and
by what its best checkpoint was chosen (here: held-out loss).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

SEQUENCE = 2048

_NOT_STATED = {"clip": 1.0, "decay": "matrices", "document_mask": False, "learn_prompts": True}

_PHI_1 = {
    **_NOT_STATED,
    "optimizer": "adamw",
    "beta1": 0.9,  # not stated
    "beta2": 0.95,  # not stated
    "epsilon": 1e-8,  # not stated
    "schedule": "linear",
    "dropout": 0.1,
    "precision": "float16",
}

PAPERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "phi-1-base": {
            **_PHI_1,
            "tokens": 36_000 * 1024 * SEQUENCE,
            "batch_tokens": 1024 * SEQUENCE,
            "stop": 24_000,
            "learning_rate": 1e-3,
            "warmup_steps": 750,
            "weight_decay": 0.1,
            "keep_every": 1000,
        },
        "phi-1": {
            **_PHI_1,
            "tokens": 6_000 * 256 * SEQUENCE,
            "batch_tokens": 256 * SEQUENCE,
            "learning_rate": 1e-4,
            "warmup_steps": 50,
            "weight_decay": 0.01,
            "keep_every": 1000,
            "validate_every": 1000,
            "select": "best",
        },
        "phi-1.5": {
            **_NOT_STATED,
            "optimizer": "adamw",
            "tokens": 150_000_000_000,
            "batch_tokens": 2048 * SEQUENCE,
            "learning_rate": 2e-4,
            "schedule": "constant",
            "warmup_steps": 0,
            "weight_decay": 0.1,
            "beta1": 0.9,
            "beta2": 0.98,
            "epsilon": 1e-7,
            "dropout": 0.0,
            "precision": "float16",
        },
    }
)
"""By the name of the model that the phase makes; phi-1 is phi-1-base finetuned on exercises."""
