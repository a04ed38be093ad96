"""Text to vectors."""

from hornbook.embed.code import CodeEmbedder
from hornbook.embed.embedder import Embedder, embedder_for

__all__ = ["CodeEmbedder", "Embedder", "embedder_for"]
