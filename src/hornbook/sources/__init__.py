"""Where text comes from: distributions, the standard library, folders, tables (phi-1 2.1)."""

from hornbook.sources.config import (
    DumpSource,
    GitSource,
    SourcesSettings,
    StackSource,
    TextFile,
    WebSource,
)
from hornbook.sources.expected import expected_characters
from hornbook.sources.external import external
from hornbook.sources.pins import load_pins
from hornbook.sources.stage import run

__all__ = [
    "DumpSource",
    "GitSource",
    "SourcesSettings",
    "StackSource",
    "TextFile",
    "WebSource",
    "expected_characters",
    "external",
    "load_pins",
    "run",
]
