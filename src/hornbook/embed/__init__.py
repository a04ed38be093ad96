"""Text to vectors."""

from hornbook.embed.code import CodeEmbedder
from hornbook.embed.embedder import Embedder, embedder_for
from hornbook.embed.prose import ProseEmbedder
from hornbook.embed.spec import same_vectors
from hornbook.embed.threads import one_thread

__all__ = [
    "CodeEmbedder",
    "Embedder",
    "ProseEmbedder",
    "embedder_for",
    "one_thread",
    "same_vectors",
]
