"""Pretraining and finetuning: one loop (phi-1 2.3)."""

from hornbook.train.config import PhaseSettings
from hornbook.train.papers import PAPERS

__all__ = ["PAPERS", "PhaseSettings"]
