"""Textbooks and exercises with injected diversity; every exercise is run before it is kept (phi-1 2.2)."""

from hornbook.synthesis.config import SynthesisSettings
from hornbook.synthesis.stage import run

__all__ = ["SynthesisSettings", "run"]
