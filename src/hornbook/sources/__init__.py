"""Where text comes from: distributions, the standard library, folders, tables (phi-1 2.1)."""

from hornbook.sources.config import SourcesSettings, TextFile
from hornbook.sources.external import external
from hornbook.sources.pins import load_pins
from hornbook.sources.stage import run

__all__ = ["SourcesSettings", "TextFile", "external", "load_pins", "run"]
