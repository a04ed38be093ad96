"""Text to vectors."""

from hornbook.embed.code import CodeEmbedder
from hornbook.embed.embedder import Embedder

__all__ = ["CodeEmbedder", "Embedder"]
