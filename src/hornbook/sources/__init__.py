"""Where text comes from: distributions, the standard library, folders, files (phi-1 2.1)."""

from hornbook.sources.config import SourcesSettings
from hornbook.sources.stage import run

__all__ = ["SourcesSettings", "run"]
