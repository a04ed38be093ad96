"""The transformer of phi-1 and phi-1.5, its shapes, its weights, and their exchange (phi-1 2.3)."""

from hornbook.model.config import PRESETS, ModelSettings

__all__ = ["PRESETS", "ModelSettings"]
