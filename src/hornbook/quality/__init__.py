"""What is worth reading: a sample is judged, a classifier learns to judge the rest (phi-1 2.1)."""

from hornbook.quality.config import QualitySettings
from hornbook.quality.filter import Filter
from hornbook.quality.reasons import explain
from hornbook.quality.stage import run

__all__ = ["Filter", "QualitySettings", "explain", "run"]
