"""Text to vectors."""

from hornbook.embed.code import CodeEmbedder
from hornbook.embed.embedder import Embedder, embedder_for
from hornbook.embed.prose import ProseEmbedder
from hornbook.embed.spec import same_vectors

__all__ = ["CodeEmbedder", "Embedder", "ProseEmbedder", "embedder_for", "same_vectors"]
