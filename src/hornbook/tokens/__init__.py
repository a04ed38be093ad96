"""From text to numbered tokens: tokenizer, packed documents, mixtures, order (phi-1 2.3)."""

from hornbook.tokens.batches import Batches, Mixture
from hornbook.tokens.config import TokensSettings
from hornbook.tokens.packed import Packed, write_packed
from hornbook.tokens.stage import run
from hornbook.tokens.tokenizer import Tokenizer, train_tokenizer

__all__ = [
    "Batches",
    "Mixture",
    "Packed",
    "Tokenizer",
    "TokensSettings",
    "run",
    "train_tokenizer",
    "write_packed",
]
