"""Pretraining and finetuning: one loop (phi-1 2.3)."""

from hornbook.train.config import PhaseSettings

__all__ = ["PhaseSettings"]
