"""What is worth reading: a sample is judged, a random forest learns to judge the rest (phi-1 2.1)."""

from hornbook.quality.config import QualitySettings
from hornbook.quality.forest import Forest
from hornbook.quality.stage import run

__all__ = ["Forest", "QualitySettings", "run"]
