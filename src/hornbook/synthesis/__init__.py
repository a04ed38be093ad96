"""Textbooks and exercises with injected diversity, verified by running them (phi-1 2.2)."""

from hornbook.synthesis.config import SynthesisSettings
from hornbook.synthesis.stage import run

__all__ = ["SynthesisSettings", "run"]
